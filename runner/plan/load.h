// A config file, what it extends, and the arguments of the command line to a plan: the whole way.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "runner/config/diagnostics.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/plan.h"

namespace assay::plan {

/// Nothing when there was any problem; all are reported.
std::optional<Plan> load(const std::string& config_path, std::span<const std::string> overrides,
                         Catalogue& catalogue, config::Diagnostics& diagnostics);

/// The same, where there was a problem as far as the config could be understood (draft_plan);
/// nothing when a file cannot be read.
std::optional<Plan> load_draft(const std::string& config_path,
                               std::span<const std::string> overrides, Catalogue& catalogue,
                               config::Diagnostics& diagnostics);

}  // namespace assay::plan
