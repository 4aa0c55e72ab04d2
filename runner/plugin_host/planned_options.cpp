#include "runner/plugin_host/planned_options.h"

#include <fmt/format.h>

#include <stdexcept>

#include "assay/schedule.h"
#include "runner/config/secret.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/plugin_host/search_path.h"

namespace assay::plugin_host {
namespace {

using assay::detail::OptionKey;
using assay::detail::OptionSource;

// Returns the name of an option or of an element: "schedules.0".
std::string shown(OptionKey key) {
  return key.index == OptionKey::whole ? std::string(key.name)
                                       : fmt::format("{}.{}", key.name, key.index);
}

template <class T>
const T& as(const plan::Value& value, OptionKey key) {
  if (const T* found = std::get_if<T>(&value.data)) return *found;
  throw std::logic_error(
      fmt::format("option '{}' is requested with a type that differs from its table", shown(key)));
}

double as_number(const plan::Value& value, OptionKey key) {
  if (const auto* integer = std::get_if<std::int64_t>(&value.data))
    return static_cast<double>(*integer);
  return as<double>(value, key);
}

}  // namespace

const plan::Value& PlannedOptions::at(std::string_view name) const {
  if (const plan::Value* value = values_.find(name)) return *value;
  throw std::logic_error(
      fmt::format("option '{}' is requested, but its table does not have it", name));
}

const plan::Value& PlannedOptions::at(OptionKey key) const {
  if (key.index == OptionKey::whole) return at(key.name);
  const auto& list = as<plan::List>(at(key.name), {key.name});
  if (key.index >= list.size())
    throw std::logic_error(
        fmt::format("option '{}' has {} elements, not {}", key.name, list.size(), key.index + 1));
  return list[key.index];
}

const Parameter& PlannedOptions::parameter(std::string_view name) const {
  for (const Parameter& parameter : table_)
    if (parameter.name == name) return parameter;
  throw std::logic_error(fmt::format("option '{}' has a value, but is in no table", name));
}

std::string_view PlannedOptions::kept(std::string text) const {
  return owner_.texts.emplace_back(std::move(text));
}

bool PlannedOptions::has(std::string_view name) const {
  return !std::holds_alternative<std::monostate>(at(name).data);
}
std::size_t PlannedOptions::size(std::string_view name) const {
  return as<plan::List>(at(name), {name}).size();
}
bool PlannedOptions::boolean(OptionKey key) const { return as<bool>(at(key), key); }
std::int64_t PlannedOptions::integer(OptionKey key) const { return as<std::int64_t>(at(key), key); }
double PlannedOptions::number(OptionKey key) const { return as_number(at(key), key); }

// Secrets are filled in here, and `\${` becomes `${`. The run does that with tags, at each step.
std::string_view PlannedOptions::text(OptionKey key) const {
  constexpr std::string_view own = "assay:";
  const auto& text = as<std::string>(at(key), key);
  const ParameterType type = parameter(key.name).type;
  if (type == ParameterType::tag) return kept(text);
  if (type == ParameterType::path && text.starts_with(own))
    return kept((program_places().data / text.substr(own.size())).string());
  return kept(text.find("${") == std::string::npos ? text : host_.secrets().filled(text));
}

const OptionSource& PlannedOptions::group(OptionKey key) const {
  const auto& values = as<plan::Values>(at(key), key);
  return *groups_.emplace_back(new PlannedOptions(values, parameter(key.name).group(), host_,
                                                  owner_,
                                                  fmt::format("{}{}.", prefix_, shown(key))));
}

// Creates the component of an option. Called while its owner is made: an exception from here passes
// through the plugin's code into its guard. A schedule has no value before begin_schedules()
// (schedules.h).
void* PlannedOptions::component(OptionKey key, Kind kind) const {
  const auto& plan = as<plan::ComponentPlan>(at(key), key);
  const std::string option = prefix_ + shown(key);
  if (plan.kind != kind)
    throw std::logic_error(
        fmt::format("option '{}' is a {}, not a {}", option, name_of(plan.kind), name_of(kind)));
  try {
    Object& object = *owner_.nested.emplace_back(host_.create(plan, owner_.rate_factor));
    object.option = option;
    if (kind != Kind::schedule) return object.pointer;
    object.bounded = std::make_unique<BoundedSchedule>(*static_cast<Schedule*>(object.pointer),
                                                       object.name, parameter(key.name), option);
    return static_cast<Schedule*>(object.bounded.get());
  } catch (const ComponentError& error) {
    throw NestedError(
        fmt::format("{}{}{}", option, error.option().empty() ? "" : ".", error.option()),
        error.what(), error.cause());
  }
}

const Schedule* PlannedOptions::schedule(OptionKey key) const {
  const plan::Value& value = at(key);
  if (std::holds_alternative<plan::ComponentPlan>(value.data))
    return static_cast<Schedule*>(component(key, Kind::schedule));
  static_cast<void>(as_number(value, key));
  return nullptr;
}

const double* PlannedOptions::rate_factor() const {
  return owner_.kind == Kind::optimizer ? owner_.rate_factor.get() : nullptr;
}

const Host& PlannedOptions::host() const { return host_; }

}  // namespace assay::plugin_host
