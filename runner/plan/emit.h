// A plan as YAML.
#pragma once

#include <string>

#include "runner/plan/plan.h"

namespace assay::plan {

/// Every option with its value, in the order of the tables; make_plan gives the same plan for it,
/// and so the same text again. Paths are absolute, and `run_dir` stays a template.
std::string emit(const Plan& plan);

}  // namespace assay::plan
