#include "runner/hooks/trigger.h"

#include <algorithm>

namespace assay::hooks {

namespace {

__extension__ using Wide = __int128;  // products of two numbers of steps

// Returns true for a step that `times` selects from those of `every`, of `every_epoch` or of all.
bool is_picked(const plan::Trigger& trigger, std::int64_t step, const RunLength& run) {
  std::int64_t period = trigger.every.value_or(1);
  if (trigger.every_epoch) {
    // A period beyond the end of the run never fires, and the product might overflow.
    if (*trigger.every_epoch > run.steps / run.steps_per_epoch) return false;
    period = *trigger.every_epoch * run.steps_per_epoch;
  }
  if (step % period != 0) return false;
  const std::int64_t early = (std::max<std::int64_t>(trigger.from.value_or(1), 1) - 1) / period;
  const std::int64_t end = std::min(trigger.until.value_or(run.steps), run.steps) / period;
  const EvenChoice choice(end - early, *trigger.times);
  const std::int64_t place = step / period - early;
  return choice.among(place) > choice.among(place - 1);
}

}  // namespace

bool fires(const plan::Trigger& trigger, std::int64_t step, const RunLength& run) {
  if (std::ranges::binary_search(trigger.at, step)) return true;
  if (trigger.at_end && step == run.steps) return true;
  if (step == 0 || step < trigger.from.value_or(0) || step > trigger.until.value_or(step))
    return false;
  if (trigger.times) return is_picked(trigger, step, run);
  if (trigger.every && step % *trigger.every == 0) return true;
  return trigger.every_epoch && step % run.steps_per_epoch == 0 &&
         step / run.steps_per_epoch % *trigger.every_epoch == 0;
}

std::int64_t EvenChoice::among(std::int64_t things) const {
  return static_cast<std::int64_t>(Wide{things} * chosen_ / count_);
}

std::int64_t EvenChoice::place(std::int64_t number) const {
  return static_cast<std::int64_t>((Wide{number} * count_ + chosen_ - 1) / chosen_);
}

std::int64_t epoch_of(std::int64_t step, std::int64_t steps_per_epoch) {
  return step / steps_per_epoch + (step % steps_per_epoch == 0 ? 0 : 1);
}

}  // namespace assay::hooks
