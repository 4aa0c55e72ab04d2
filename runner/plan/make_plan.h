// From a config to a plan.
#pragma once

#include <optional>

#include "runner/config/diagnostics.h"
#include "runner/config/node.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/plan.h"

namespace assay::plan {

/// Fills in references (`${...}`) and defaults, and checks everything against the experiment's and
/// the components' tables. Nothing when there was any problem; all are reported.
///
/// A component in a list is named after its type, the second of a type `TYPE_2` and so on. The
/// metrics are those of the config and, where a hook names one (`test.accuracy`) that the config
/// does not have, `loss` and `accuracy`.
std::optional<Plan> make_plan(const config::Node& config, Catalogue& catalogue,
                              config::Diagnostics& diagnostics);

/// The same, where there was a problem as far as the config could be understood: its parts say what
/// they are good for (ComponentPlan::soundness, Plan::doubtful), and `yaml` is empty.
Plan draft_plan(const config::Node& config, Catalogue& catalogue, config::Diagnostics& diagnostics);

}  // namespace assay::plan
