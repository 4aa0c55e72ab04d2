// Metrics that hooks may name even if the config does not list them under `metrics`.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "runner/config/diagnostics.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/draft.h"
#include "runner/plan/validator.h"

namespace assay::plan {

inline constexpr std::array<std::string_view, 2> builtin_metrics = {"loss", "accuracy"};

/// Returns the built-in metric of this name, with its defaults. Returns nothing if there is none of
/// this name, or if no library offers it. `where` is the place that names it.
std::optional<Validator::Placed> builtin_metric(std::string_view name,
                                                const config::Location& where, Catalogue& catalogue,
                                                config::Diagnostics& diagnostics);

/// Adds the built-in metrics that the hooks of a draft name in their options, so that plan.yaml
/// names them. A hook's code may ask for others when it is made (experiment::Demand).
void add_builtin_metrics(Draft& draft, Catalogue& catalogue, config::Diagnostics& diagnostics);

}  // namespace assay::plan
