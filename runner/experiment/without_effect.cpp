#include "runner/experiment/without_effect.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "assay/number_text.h"
#include "runner/base/wording.h"
#include "runner/hooks/timetable.h"

namespace assay::experiment {
namespace {

void warn_of_no_step(const plan::Draft& draft, const plan::HookPlan& hook, std::int64_t steps,
                     config::Diagnostics& diagnostics) {
  // Use the place of its bound, or else of its trigger.
  const std::string key = "hooks." + hook.name;
  config::Location where = hook.component.where;
  std::string option = key;
  for (const char* name : {"from", "until", "every", "every_epoch", "times", "at"})
    if (const config::Location place = draft.place(key + "." + name); place.source != nullptr) {
      where = place;
      option = key + "." + name;
      break;
    }
  diagnostics.warning(
      where, option,
      fmt::format("this hook never fires in this run, which has {}", counted(steps, "step")));
}

}  // namespace

void warn_of_steps(const plan::Draft& draft, const plan::HookPlan& hook, std::int64_t steps,
                   std::int64_t steps_per_epoch, config::Diagnostics& diagnostics) {
  if (hooks::Timetable(hook.trigger, steps, steps_per_epoch).count() == 0)
    return warn_of_no_step(draft, hook, steps, diagnostics);
  const std::string key = "hooks." + hook.name;
  // Without bounds, a short run is expected to have no such step.
  const bool bounded = hook.trigger.from || hook.trigger.until;
  const auto check = [&](const char* option, std::optional<std::int64_t> plan::Trigger::*period) {
    plan::Trigger alone;
    alone.from = hook.trigger.from;
    alone.until = hook.trigger.until;
    alone.*period = hook.trigger.*period;
    if (bounded && alone.*period && hooks::Timetable(alone, steps, steps_per_epoch).count() == 0)
      diagnostics.warning(
          draft.place(key + "." + option), key + "." + option,
          fmt::format("this selects no step of this run, which has {}", counted(steps, "step")));
  };
  check("every", &plan::Trigger::every);
  check("every_epoch", &plan::Trigger::every_epoch);
  if (!hook.trigger.every && !hook.trigger.every_epoch) check("times", &plan::Trigger::times);
  std::vector<std::string> beyond;
  for (const std::int64_t step : hook.trigger.at)
    if (step > steps) beyond.push_back(std::to_string(step));
  if (beyond.empty()) return;
  diagnostics.warning(draft.place(key + ".at"), key + ".at",
                      fmt::format("{} {}: this run has {}", beyond.size() == 1 ? "step" : "steps",
                                  base::listed(beyond), counted(steps, "step")));
}

void warn_of_lanes(const plan::Draft& draft, std::int64_t batch_size, const train::LaneRule& rule,
                   config::Diagnostics& diagnostics) {
  const train::Lanes lanes(batch_size, rule);
  if (rule.whole && draft.train.block_rows && *draft.train.block_rows < batch_size)
    diagnostics.warning(draft.place("train.block_rows"), "train.block_rows",
                        "blocks are whole batches: this model does not take parts of them");
  if (!rule.lanes || *rule.lanes <= lanes.count()) return;
  diagnostics.warning(
      draft.place("train.lanes"), "train.lanes",
      rule.whole
          ? std::string("1 lane is used: this model takes whole batches only")
          : fmt::format("{} {} used: a batch of {} has {} of {} rows", grouped(lanes.count()),
                        lanes.count() == 1 ? "lane is" : "lanes are", grouped(batch_size),
                        counted(lanes.count(), "block"), grouped(lanes.block_rows())));
}

void warn_of_threads(const plan::Draft& draft, const base::Share& cores,
                     config::Diagnostics& diagnostics) {
  if (!draft.threads || *draft.threads <= cores.amount) return;
  diagnostics.warning(
      draft.place("threads"), "threads",
      fmt::format("{} threads are more than the {} that this run may use, as {} says; it uses {}",
                  grouped(*draft.threads), counted(cores.amount, "core"), cores.limit,
                  grouped(cores.amount)),
      "leave it out to use one thread per core");
}

}  // namespace assay::experiment
