// Finds tags of hooks that are written differently and become the same text at some step.
#pragma once

#include <cstdint>

#include "runner/config/diagnostics.h"
#include "runner/plan/draft.h"

namespace assay::experiment {

/// Reports the first such tag for each hook. Checks the first 100 steps at which a hook fires; the
/// run reports later ones.
void check_tag_clashes(const plan::Draft& draft, std::int64_t steps, std::int64_t steps_per_epoch,
                       config::Diagnostics& diagnostics);

}  // namespace assay::experiment
