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

std::int64_t epoch_of(std::int64_t step, std::int64_t steps_per_epoch) {
  return step / steps_per_epoch + (step % steps_per_epoch == 0 ? 0 : 1);
}

}  // namespace assay::hooks
