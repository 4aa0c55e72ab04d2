// Tags of hooks that differ as written and come to the same text at some step.
#pragma once

#include <cstdint>

#include "runner/config/diagnostics.h"
#include "runner/plan/plan.h"

namespace assay::experiment {

/// Reports the first of them for each hook. Looks at the first 100 steps at which a hook fires;
/// what comes later the run reports.
void check_tags(const plan::Plan& plan, std::int64_t steps, std::int64_t steps_per_epoch,
                config::Diagnostics& diagnostics);

}  // namespace assay::experiment
