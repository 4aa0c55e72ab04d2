#include "runner/plugin_host/schedules.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "assay/schedule.h"
#include "runner/base/wording.h"

namespace assay::plugin_host {
namespace {

// Returns the value, or throws if it is invalid.
double checked_value(const Object& schedule, std::int64_t count, const std::string& owner) {
  const std::string& option = schedule.option;
  double value = 0;
  try {
    const Within within(schedule.code());
    value = guarded(schedule.guard, schedule.who, *schedule.secrets,
                    [&] { return schedule.bounded->unchecked(count); });
  } catch (const ComponentError& error) {
    throw ComponentError(owner, error.what(), option);
  }
  if (const std::string wrong = schedule.bounded->complaint(value, count); !wrong.empty())
    throw ComponentError(owner, wrong, option);
  return value;
}

Schedule& schedule_of(const Object& object) {
  if (object.bounded) return *object.bounded;
  return *static_cast<Schedule*>(object.pointer);
}

void add_rates(const plan::Value& value, const Parameter& parameter, const std::string& name,
               std::vector<RateOption>& found);

void add_rates(const plan::Values& values, std::span<const Parameter> table,
               const std::string& prefix, std::vector<RateOption>& found) {
  for (const Parameter& parameter : table)
    if (const plan::Value* value = values.find(parameter.name))
      add_rates(*value, parameter, base::joined(prefix, parameter.name), found);
}

void add_rates(const plan::Value& value, const Parameter& parameter, const std::string& name,
               std::vector<RateOption>& found) {
  const bool is_rate =
      parameter.type == ParameterType::rate ||
      (parameter.type == ParameterType::component && parameter.kind == Kind::schedule);
  if (!is_rate && parameter.type != ParameterType::group) return;
  if (const auto* list = std::get_if<plan::List>(&value.data)) {
    for (std::size_t i = 0; i < list->size(); ++i)
      add_rates((*list)[i], parameter, base::joined(name, std::to_string(i)), found);
  } else if (const auto* group = std::get_if<plan::Values>(&value.data)) {
    add_rates(*group, parameter.group(), name, found);
  } else if (!std::holds_alternative<std::monostate>(value.data)) {
    found.push_back({name, &value, &parameter});
  }
}

}  // namespace

void begin_schedules(Object& component, std::int64_t total_steps) {
  for (const std::shared_ptr<Object>& nested : component.nested) {
    try {
      begin_schedules(*nested, total_steps);
    } catch (const ComponentError& error) {
      throw ComponentError(
          component.who, error.what(),
          error.option().empty() ? nested->option : base::joined(nested->option, error.option()));
    }
    if (nested->bounded) checked_value(*nested, 0, component.who);
  }
  if (component.kind != Kind::schedule) return;
  const Within within(component.code());
  guarded(component.guard, component.who, *component.secrets,
          [&] { schedule_of(component).begin(total_steps); });
}

std::vector<RateOption> rate_options(const plan::Values& values, std::span<const Parameter> table) {
  std::vector<RateOption> found;
  add_rates(values, table, {}, found);
  return found;
}

double NamedRate::at(std::int64_t count) const {
  return is_constant() ? constant_ : checked_value(*schedule_, count, schedule_->who);
}

std::vector<NamedRate> rates(const Object& component, std::span<const RateOption> options) {
  std::vector<NamedRate> found;
  for (const RateOption& option : options) {
    if (const auto* number = std::get_if<double>(&option.value->data)) {
      found.emplace_back(option.name, *number);
    } else if (const auto* integer = std::get_if<std::int64_t>(&option.value->data)) {
      found.emplace_back(option.name, static_cast<double>(*integer));
    } else {
      const auto schedule = std::ranges::find_if(component.nested, [&](const auto& nested) {
        return nested->bounded && nested->option == option.name;
      });
      if (schedule != component.nested.end()) found.emplace_back(option.name, *schedule);
    }
  }
  return found;
}

}  // namespace assay::plugin_host
