#include "runner/plugin_host/planned_options.h"

#include <fmt/format.h>

#include <stdexcept>

#include "assay/renderer.h"
#include "assay/schedule.h"
#include "runner/config/secret.h"
#include "runner/plan/tag.h"
#include "runner/plugin_host/plugin_host.h"
#include "runner/plugin_host/search_path.h"

namespace assay::plugin_host {
namespace {

template <class T>
const T& as(const plan::Value& value, std::string_view name) {
  if (const T* found = std::get_if<T>(&value.data)) return *found;
  throw std::logic_error(
      fmt::format("option '{}' is asked for with another type than its table says", name));
}

std::string element(std::string_view name, std::size_t index) {
  return fmt::format("{}.{}", name, index);
}

double as_number(const plan::Value& value, std::string_view name) {
  if (const auto* integer = std::get_if<std::int64_t>(&value.data))
    return static_cast<double>(*integer);
  return as<double>(value, name);
}

}  // namespace

const plan::Value& PlannedOptions::at(std::string_view name) const {
  if (const plan::Value* value = values_.find(name)) return *value;
  throw std::logic_error(
      fmt::format("option '{}' is asked for, but its table does not have it", name));
}

const plan::Value& PlannedOptions::at(std::string_view name, std::size_t index) const {
  const auto& list = as<plan::List>(at(name), name);
  if (index >= list.size())
    throw std::logic_error(
        fmt::format("option '{}' has {} elements, not {}", name, list.size(), index + 1));
  return list[index];
}

const Parameter& PlannedOptions::parameter(std::string_view name) const {
  for (const Parameter& parameter : table_)
    if (parameter.name == name) return parameter;
  throw std::logic_error(fmt::format("option '{}' has a value, but is in no table", name));
}

bool PlannedOptions::has(std::string_view name) const {
  return !std::holds_alternative<std::monostate>(at(name).data);
}
bool PlannedOptions::boolean(std::string_view name) const { return as<bool>(at(name), name); }
std::int64_t PlannedOptions::integer(std::string_view name) const {
  return as<std::int64_t>(at(name), name);
}
double PlannedOptions::number(std::string_view name) const { return as_number(at(name), name); }
std::string_view PlannedOptions::spelled(const std::string& text) const {
  return text.find("${") == std::string::npos ? text
                                              : texts_.emplace_back(host_.secrets().filled(text));
}

// The run fills in tags at each step; only then does `\${` become `${`.
std::string_view PlannedOptions::text(std::string_view name) const {
  const auto& text = as<std::string>(at(name), name);
  return plan::holds_tag(kind_, fmt::format("{}{}", prefix_, name)) ? text : spelled(text);
}
std::size_t PlannedOptions::size(std::string_view name) const {
  return as<plan::List>(at(name), name).size();
}
std::int64_t PlannedOptions::integer(std::string_view name, std::size_t index) const {
  return as<std::int64_t>(at(name, index), name);
}
double PlannedOptions::number(std::string_view name, std::size_t index) const {
  return as_number(at(name, index), name);
}
std::string_view PlannedOptions::text(std::string_view name, std::size_t index) const {
  return spelled(as<std::string>(at(name, index), name));
}

bool PlannedOptions::boolean(std::string_view name, std::size_t index) const {
  return as<bool>(at(name, index), name);
}

std::string_view PlannedOptions::path_of(const plan::Value& value, const std::string& key) const {
  const auto& path = as<std::string>(value, key);
  constexpr std::string_view own = "assay:";
  if (!path.starts_with(own)) return spelled(path);
  return texts_.emplace_back((program_places().data / path.substr(own.size())).string());
}

const Options& PlannedOptions::group_of(const plan::Value& value, std::string_view name,
                                        const std::string& key) const {
  const auto& values = as<plan::Values>(value, key);
  return *groups_.emplace_back(new PlannedOptions(kind_, values, parameter(name).group(), host_,
                                                  nested_, fmt::format("{}{}.", prefix_, key)));
}

// Creates the component of an option. Called by a component's constructor: an exception from here
// passes through the plugin's code into its guard.
Object& PlannedOptions::component_of(const plan::Value& value, const std::string& key,
                                     Kind kind) const {
  const auto& plan = as<plan::ComponentPlan>(value, key);
  if (plan.kind != kind)
    throw std::logic_error(
        fmt::format("option '{}' is a {}, not a {}", key, name_of(plan.kind), name_of(kind)));
  try {
    Object& object = *nested_.emplace_back(host_.create(plan));
    object.option = prefix_ + key;
    return object;
  } catch (const ComponentError& error) {
    throw NestedError(
        fmt::format("{}{}{}{}", prefix_, key, error.option().empty() ? "" : ".", error.option()),
        error.what(), error.cause());
  }
}

// Returns a rate. Its schedule has no value before begin_schedules() (schedules.h).
Rate PlannedOptions::rate_of(const plan::Value& value, std::string_view name,
                             const std::string& key) const {
  if (!std::holds_alternative<plan::ComponentPlan>(value.data)) return Rate(as_number(value, key));
  Object& object = component_of(value, key, Kind::schedule);
  object.bounded = std::make_unique<BoundedSchedule>(*static_cast<Schedule*>(object.pointer),
                                                     object.name, parameter(name), object.option);
  return Rate(*object.bounded);
}

std::string_view PlannedOptions::path(std::string_view name) const {
  return path_of(at(name), std::string(name));
}
std::string_view PlannedOptions::path(std::string_view name, std::size_t index) const {
  return path_of(at(name, index), element(name, index));
}
const Options& PlannedOptions::group(std::string_view name) const {
  return group_of(at(name), name, std::string(name));
}
const Options& PlannedOptions::group(std::string_view name, std::size_t index) const {
  return group_of(at(name, index), name, element(name, index));
}
Rate PlannedOptions::rate(std::string_view name) const {
  return rate_of(at(name), name, std::string(name));
}
Rate PlannedOptions::rate(std::string_view name, std::size_t index) const {
  return rate_of(at(name, index), name, element(name, index));
}
const Renderer& PlannedOptions::renderer(std::string_view name) const {
  return *static_cast<const Renderer*>(
      component_of(at(name), std::string(name), Kind::renderer).pointer);
}
const Renderer& PlannedOptions::renderer(std::string_view name, std::size_t index) const {
  return *static_cast<const Renderer*>(
      component_of(at(name, index), element(name, index), Kind::renderer).pointer);
}

InstructionSet PlannedOptions::instruction_set() const { return host_.instructions(); }

}  // namespace assay::plugin_host
