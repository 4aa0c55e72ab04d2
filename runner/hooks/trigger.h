// When a hook fires. The steps are those of the whole run: they do not start again with an epoch,
// and a resumed run neither repeats nor skips one.
//
//   every: n        at n, 2n, 3n, ...
//   every_epoch: n  after the last step of epochs n, 2n, 3n, ...
//   from, until     bound the two above, both included
//   at: [..]        at these steps as well, whatever the bounds; 0 is before training
//   at_end: true    after the last step of a finished run as well
// A hook fires at most once at a step.
#pragma once

#include <cstdint>

#include "runner/plan/plan.h"

namespace assay::hooks {

/// Whether it fires once `step` steps are finished; `last`: that was the last step of the run.
/// `every`, `every_epoch` and steps_per_epoch are at least 1, and `at` is in ascending order, as
/// prepare() leaves it (needs.h).
bool fires(const plan::Trigger& trigger, std::int64_t step, std::int64_t steps_per_epoch,
           bool last);

/// The epoch that a step belongs to: counts from 1 when it begins; 0 is before training.
std::int64_t epoch_of(std::int64_t step, std::int64_t steps_per_epoch);

}  // namespace assay::hooks
