// Finds problems that only the data show: values that are NaN or infinite, and classes without
// rows.
#pragma once

#include "runner/config/diagnostics.h"
#include "runner/experiment/blame.h"
#include "runner/hooks/hooks.h"
#include "runner/plan/plan.h"

namespace assay::experiment {

/// Reports the first value of the dataset that is NaN or infinite: as an error, or as a warning if
/// `train.on_nan` is `ignore`. Checks the data in memory.
void check_values(const plan::Plan& plan, const hooks::Splits& splits, Blame& blame,
                  config::Diagnostics& diagnostics);

/// Warns about classes that no training row has: the model never sees them. A common cause is
/// labels that count from 1, which leave class 0 empty.
void warn_of_missing_classes(const plan::Plan& plan, const hooks::Splits& splits,
                             config::Diagnostics& diagnostics);

}  // namespace assay::experiment
