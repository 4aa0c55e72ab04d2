// What a plan asks for and its run will not do: warnings.
#pragma once

#include <cstdint>

#include "runner/base/machine_share.h"
#include "runner/config/diagnostics.h"
#include "runner/plan/plan.h"
#include "runner/train/lanes.h"

namespace assay::experiment {

/// Of a trigger that never fires, or a part of which never does: `every` and `every_epoch` without
/// a step within `from` and `until`, steps of `at` after the last.
void warn_of_steps(const plan::Plan& plan, const plan::HookPlan& hook, std::int64_t steps,
                   std::int64_t steps_per_epoch, config::Diagnostics& diagnostics);

/// Of `train.lanes` beyond what the rows of a batch make, and of `train.block_rows` for a model
/// that takes whole batches.
void warn_of_lanes(const plan::Plan& plan, std::int64_t batch_size, const train::LaneRule& rule,
                   config::Diagnostics& diagnostics);

/// Warns of more `threads` than the cores that the run may use.
void warn_of_threads(const plan::Plan& plan, const base::Share& cores,
                     config::Diagnostics& diagnostics);

}  // namespace assay::experiment
