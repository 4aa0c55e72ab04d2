// References that a plan leaves for the run to fill in: `${now:...}` in run_dir, `${step}` and
// `${epoch}` in hooks' tags, `${secret:NAME}` in the other texts of components.
#pragma once

#include "runner/config/diagnostics.h"
#include "runner/config/node.h"
#include "runner/plan/draft.h"

namespace assay::plan {

/// Reports every `${...}` that nothing will fill in. The draft was made from `config`.
void check_placeholders(const Draft& draft, const config::Node& config,
                        config::Diagnostics& diagnostics);

}  // namespace assay::plan
