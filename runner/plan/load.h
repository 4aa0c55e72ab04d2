// Loads a config file, the files that it extends and the command-line arguments, and makes a plan.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "runner/config/diagnostics.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/draft.h"

namespace assay::plan {

/// Reports all problems, and returns nothing if there is one.
std::optional<const Plan> load(const std::string& config_path,
                               std::span<const std::string> overrides, Catalogue& catalogue,
                               config::Diagnostics& diagnostics);

/// Loads a draft, as far as it understands the config (make_draft). Returns nothing if a file
/// cannot be read.
std::optional<Draft> load_draft(const std::string& config_path,
                                std::span<const std::string> overrides, Catalogue& catalogue,
                                config::Diagnostics& diagnostics);

}  // namespace assay::plan
