// References that a plan leaves to the run: `${now:...}` in run_dir, `${step}` and `${epoch}` in
// hooks' tags, `${secret:NAME}` in the other texts of components.
#pragma once

#include "runner/config/diagnostics.h"
#include "runner/config/node.h"
#include "runner/plan/plan.h"

namespace assay::plan {

/// Reports every `${...}` that nobody fills in. `config` is what the plan was made from.
void check_placeholders(const Plan& plan, const config::Node& config,
                        config::Diagnostics& diagnostics);

}  // namespace assay::plan
