// Warns about settings of a plan that have no effect in its run.
#pragma once

#include <cstdint>

#include "runner/base/machine_share.h"
#include "runner/config/diagnostics.h"
#include "runner/plan/draft.h"
#include "runner/train/lanes.h"

namespace assay::experiment {

/// Warns about a trigger that never fires, or that has a part which never does: `every` and
/// `every_epoch` without a step within `from` and `until`, or steps of `at` after the last.
void warn_of_steps(const plan::Draft& draft, const plan::HookPlan& hook, std::int64_t steps,
                   std::int64_t steps_per_epoch, config::Diagnostics& diagnostics);

/// Warns about `train.lanes` beyond the number of a batch's blocks, and about `train.block_rows`
/// for a model that takes whole batches.
void warn_of_lanes(const plan::Draft& draft, std::int64_t batch_size, const train::LaneRule& rule,
                   config::Diagnostics& diagnostics);

/// Warns about more `threads` than the cores that the run may use.
void warn_of_threads(const plan::Draft& draft, const base::Share& cores,
                     config::Diagnostics& diagnostics);

}  // namespace assay::experiment
