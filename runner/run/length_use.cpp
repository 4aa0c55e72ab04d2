#include "runner/run/length_use.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "assay/number_text.h"
#include "assay/schedule.h"
#include "runner/base/wording.h"
#include "runner/hooks/timetable.h"
#include "runner/plugin_host/schedules.h"

namespace assay::run {
namespace {

using plugin_host::Handle;

// The maximum number of steps, evenly spread, at which schedules are compared.
constexpr std::int64_t most_compared = 1'000'000;

// A schedule of a plan that is part of no other schedule, with its full key.
struct NamedSchedule {
  std::string key;
  const plan::ComponentPlan* plan;
};

class ScheduleFinder {
 public:
  void look(const plan::ComponentPlan& component, const std::string& key) {
    if (component.kind == Kind::schedule) found.push_back({key, &component});
    else look(component.values, key);
  }

  std::vector<NamedSchedule> found;

 private:
  void look(const plan::Values& values, const std::string& key) {
    for (const auto& [name, value] : values.entries()) look(value, base::joined(key, name));
  }
  void look(const plan::Value& value, const std::string& key) {
    if (const auto* component = std::get_if<plan::ComponentPlan>(&value.data))
      look(*component, key);
    if (const auto* group = std::get_if<plan::Values>(&value.data)) look(*group, key);
    if (const auto* list = std::get_if<plan::List>(&value.data))
      for (std::size_t i = 0; i < list->size(); ++i)
        look((*list)[i], base::joined(key, std::to_string(i)));
  }
};

std::vector<NamedSchedule> schedules_of(const plan::Plan& plan) {
  ScheduleFinder finder;
  finder.look(plan.dataset, "dataset");
  finder.look(plan.model, "model");
  finder.look(plan.loss, "loss");
  finder.look(plan.optimizer, "optimizer");
  const auto look = [&finder](const std::vector<plan::NamedComponent>& section, const char* key) {
    for (const auto& [name, component] : section) finder.look(component, base::joined(key, name));
  };
  look(plan.transforms, "transforms");
  look(plan.gradient_transforms, "gradient_transforms");
  look(plan.metrics, "metrics");
  for (const plan::HookPlan& hook : plan.hooks)
    finder.look(hook.component, base::joined("hooks", hook.name));
  return std::move(finder.found);
}

// Returns the first trained step for which the schedule has another value in a run of the new
// length.
std::optional<std::int64_t> first_difference(const plan::ComponentPlan& plan,
                                             plugin_host::PluginHost& host,
                                             const LengthChange& change) {
  const auto begun = [&](std::int64_t steps) {
    auto schedule = host.create<Schedule>(plan);
    plugin_host::begin_schedules(schedule.object(), steps);
    return schedule;
  };
  const Handle<Schedule> former = begun(change.former_steps), now = begun(change.steps);
  const std::int64_t stride = (change.trained - 1) / most_compared + 1;
  for (std::int64_t count = 0; count < change.trained; count += stride) {
    const auto value = [count](const Schedule& schedule) { return schedule.value(count); };
    if (former.call(value) != now.call(value)) return count + 1;
  }
  return std::nullopt;
}

// Returns the steps up to `trained` at which the hook fires, not counting that they are the last.
std::vector<std::int64_t> steps_of(plan::Trigger trigger, std::int64_t steps,
                                   const LengthChange& change) {
  trigger.at_end = false;
  const hooks::Timetable timetable(trigger, steps, change.steps_per_epoch);
  std::vector<std::int64_t> fires = timetable.first(static_cast<std::size_t>(timetable.count()));
  std::erase_if(fires, [&](std::int64_t step) { return step > change.trained; });
  return fires;
}

}  // namespace

std::vector<std::string> uses_of_length(const plan::Plan& plan, plugin_host::PluginHost& host,
                                        const LengthChange& change) {
  std::vector<std::string> uses;
  for (const auto& [key, schedule] : schedules_of(plan))
    if (const auto step = first_difference(*schedule, host, change))
      uses.push_back(
          fmt::format("{}: the schedule {} depends on the length of the run: with {} it would have "
                      "had another value at step {}",
                      key, schedule->type, counted(change.steps, "step"), grouped(*step)));
  for (const plan::HookPlan& hook : plan.hooks) {
    // Only `times` depends on the length.
    if (!hook.trigger.times || steps_of(hook.trigger, change.former_steps, change) ==
                                   steps_of(hook.trigger, change.steps, change))
      continue;
    uses.push_back(
        fmt::format("hooks.{}: it fires {} times, spread evenly over the run: with {} it would "
                    "have fired at other steps",
                    hook.name, grouped(*hook.trigger.times), counted(change.steps, "step")));
  }
  return uses;
}

}  // namespace assay::run
