// Components that would write over each other.
#pragma once

#include "runner/config/diagnostics.h"
#include "runner/plan/plan.h"

namespace assay::plan {

/// Reports loggers of one type, which would write the same files twice, and hooks with the same
/// tag, whose records would mix. A tag is an option of a hook that is called `tag`.
void check_duplicates(const Plan& plan, config::Diagnostics& diagnostics);

}  // namespace assay::plan
