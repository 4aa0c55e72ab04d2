// Finds problems that only the data show: values that are NaN or infinite, and classes without
// rows.
#pragma once

#include <string>
#include "runner/experiment/blame.h"

#include "runner/experiment/data_files.h"
#include "runner/hooks/hooks.h"
#include "runner/plan/draft.h"

namespace assay::experiment {

/// Reports the first value of the dataset that is NaN or infinite, with its file if that is known,
/// and counts the rows with such values in each split. This is an error, or a warning if
/// `train.on_nan` is `ignore`. Checks what is in memory.
void check_values(const plan::Draft& draft, const DataFiles& files, const hooks::Splits& splits,
                  Blame& blame);

/// Reports a sample of the dataset that is not finite, which was found when it was read; `found`
/// describes it (train::BadSample).
void report_sample(const plan::Draft& draft, const DataFiles& files, const std::string& found,
                   Blame& blame);

/// Warns of classes that no training row has: the model never sees one, and labels that are counted
/// from 1 leave class 0 empty.
void warn_of_missing_classes(const plan::Draft& draft, const DataFiles& files,
                             const hooks::Splits& splits, Blame& blame);

}  // namespace assay::experiment
