#include "runner/plugin_host/schedules.h"

#include <cstddef>
#include <span>
#include <string_view>
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

class RateFinder {
 public:
  explicit RateFinder(plan::Catalogue& catalogue) : catalogue_(catalogue) {}

  std::vector<RateOption> found;

  void look(const plan::ComponentPlan& component, const std::string& prefix) {
    look(component.values, catalogue_.parameters(component.kind, component.type), prefix);
  }

 private:
  void look(const plan::Values& values, std::span<const Parameter> table,
            const std::string& prefix) {
    for (const Parameter& parameter : table)
      if (const plan::Value* value = values.find(parameter.name))
        look(*value, parameter, base::joined(prefix, parameter.name));
  }

  void look(const plan::Value& value, const Parameter& parameter, const std::string& name) {
    const bool is_rate =
        parameter.type == ParameterType::rate ||
        (parameter.type == ParameterType::component && parameter.kind == Kind::schedule);
    if (const auto* list = std::get_if<plan::List>(&value.data)) {
      for (std::size_t i = 0; i < list->size(); ++i)
        look((*list)[i], parameter, base::joined(name, std::to_string(i)));
    } else if (is_rate) {
      if (!std::holds_alternative<std::monostate>(value.data))
        found.push_back({name, &value, &parameter});
    } else if (const auto* group = std::get_if<plan::Values>(&value.data)) {
      look(*group, parameter.group(), name);
    } else if (const auto* component = std::get_if<plan::ComponentPlan>(&value.data)) {
      look(*component, name);
    }
  }

  plan::Catalogue& catalogue_;
};

// Returns the schedule of an option, or of one of a component within ("inner.learning_rate"). Null
// if the component did not ask for it.
std::shared_ptr<Object> schedule_at(const Object& component, std::string_view option) {
  for (const std::shared_ptr<Object>& nested : component.nested) {
    if (nested->option == option) return nested->bounded ? nested : nullptr;
    if (option.size() > nested->option.size() && option.starts_with(nested->option) &&
        option[nested->option.size()] == '.')
      return schedule_at(*nested, option.substr(nested->option.size() + 1));
  }
  return nullptr;
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

std::vector<RateOption> rate_options(const plan::ComponentPlan& component,
                                     plan::Catalogue& catalogue) {
  RateFinder finder(catalogue);
  finder.look(component, {});
  return std::move(finder.found);
}

double NamedRate::at(std::int64_t count) const {
  const double value = is_constant() ? constant_ : checked_value(*schedule_, count, schedule_->who);
  return factor_ != nullptr ? *factor_ * value : value;
}

std::vector<NamedRate> rates(const Object& component, std::span<const RateOption> options) {
  std::vector<NamedRate> found;
  for (const RateOption& option : options) {
    if (const auto* number = std::get_if<double>(&option.value->data)) {
      found.emplace_back(option.name, *number, component.rate_factor);
    } else if (const auto* integer = std::get_if<std::int64_t>(&option.value->data)) {
      found.emplace_back(option.name, static_cast<double>(*integer), component.rate_factor);
    } else if (auto schedule = schedule_at(component, option.name)) {
      found.emplace_back(option.name, std::move(schedule), component.rate_factor);
    }
  }
  return found;
}

}  // namespace assay::plugin_host
