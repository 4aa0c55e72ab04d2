// Makes a plan from a config.
#pragma once

#include <optional>

#include "runner/config/diagnostics.h"
#include "runner/config/node.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/plan.h"

namespace assay::plan {

/// Fills in references (`${...}`) and defaults, and checks everything against the tables of the
/// experiment and its components. Reports all problems, and returns nothing if there is one.
///
/// A component in a list is named after its type, the second of a type `TYPE_2` and so on. The
/// metrics are those of the config. `loss` and `accuracy` are added if the config does not have
/// them and a hook names them (`test.accuracy`).
std::optional<Plan> make_plan(const config::Node& config, Catalogue& catalogue,
                              config::Diagnostics& diagnostics);

/// Makes a plan even if there are problems, as far as it understands the config. In that case its
/// parts tell how far they can be used (ComponentPlan::soundness, Plan::doubtful), and `yaml` is
/// empty.
Plan draft_plan(const config::Node& config, Catalogue& catalogue, config::Diagnostics& diagnostics);

}  // namespace assay::plan
