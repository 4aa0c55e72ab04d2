// Makes a plan from a config.
#pragma once

#include <optional>

#include "runner/config/diagnostics.h"
#include "runner/config/node.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/draft.h"

namespace assay::plan {

/// Fills in references (`${...}`) and defaults, and checks everything against the tables of the
/// experiment and its components. Reports all problems, and returns nothing if there is one.
///
/// A component in a list is named after its type, the second of a type `TYPE_2` and so on. The
/// metrics are those of the config. `loss` and `accuracy` are added if the config does not have
/// them and a hook names them (`test.accuracy`).
std::optional<const Plan> make_plan(const config::Node& config, Catalogue& catalogue,
                                    config::Diagnostics& diagnostics);

/// Does the same as far as it understands the config. The draft tells which of its parts can be
/// used.
Draft make_draft(const config::Node& config, Catalogue& catalogue,
                 config::Diagnostics& diagnostics);

}  // namespace assay::plan
