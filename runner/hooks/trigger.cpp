#include "runner/hooks/trigger.h"

#include <algorithm>

namespace assay::hooks {

bool fires(const plan::Trigger& trigger, std::int64_t step, std::int64_t steps_per_epoch,
           bool last) {
  if (std::ranges::binary_search(trigger.at, step)) return true;
  if (trigger.at_end && last) return true;
  if (step == 0 || step < trigger.from.value_or(0) || step > trigger.until.value_or(step))
    return false;
  if (trigger.every && step % *trigger.every == 0) return true;
  return trigger.every_epoch && step % steps_per_epoch == 0 &&
         step / steps_per_epoch % *trigger.every_epoch == 0;
}

bool ever_fires(const plan::Trigger& trigger, std::int64_t steps, std::int64_t steps_per_epoch) {
  if (trigger.at_end) return true;
  if (std::ranges::any_of(trigger.at, [steps](std::int64_t step) { return step <= steps; }))
    return true;
  const std::int64_t last = std::min(trigger.until.value_or(steps), steps);
  const auto has_multiple = [&](std::int64_t first, std::int64_t end, std::int64_t n) {
    return n <= end && end / n * n >= first;
  };
  const std::int64_t first = std::max<std::int64_t>(trigger.from.value_or(1), 1);
  if (trigger.every && has_multiple(first, last, *trigger.every)) return true;
  const std::int64_t first_epoch = (first - 1) / steps_per_epoch + 1;
  return trigger.every_epoch &&
         has_multiple(first_epoch, last / steps_per_epoch, *trigger.every_epoch);
}

}  // namespace assay::hooks
