// The launcher that the command line names: `--launcher NAME`, `--launcher '{type: NAME, ...}'`,
// `--launcher.KEY=VALUE`.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "runner/config/diagnostics.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/values.h"

namespace assay::batch {

inline constexpr const char* usual_launcher = "local";

/// Returns the launcher with all its options. Each argument is a value of the key `launcher`, as it
/// would stand behind `launcher=`, or changes one of its options: "launcher.nice=10". A later one
/// counts. Without any it is the usual launcher. Reports problems as those of a config, each at its
/// place in its argument, and returns nothing then.
std::optional<plan::ComponentPlan> chosen_launcher(std::span<const std::string> arguments,
                                                   plan::Catalogue& catalogue,
                                                   config::Diagnostics& diagnostics);

}  // namespace assay::batch
