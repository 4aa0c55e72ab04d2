#include "runner/hooks/trigger.h"

#include <algorithm>

namespace assay::hooks {

bool fires(const plan::Trigger& trigger, std::int64_t step, std::int64_t steps_per_epoch,
           bool last) {
  if (std::ranges::find(trigger.at, step) != trigger.at.end()) return true;
  if (trigger.at_end && last) return true;
  if (step == 0 || step < trigger.from.value_or(0) || step > trigger.until.value_or(step))
    return false;
  if (trigger.every && step % *trigger.every == 0) return true;
  return trigger.every_epoch && step % steps_per_epoch == 0 &&
         step / steps_per_epoch % *trigger.every_epoch == 0;
}

}  // namespace assay::hooks
