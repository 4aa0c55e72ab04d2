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

/// Adds the built-in metrics that the hooks of a draft seem to read, so that plan.yaml names them.
///
/// This is the only place that takes a text for a value because of its form. Which options name
/// values, only the hook itself knows, and it says so when it is made (experiment::Demand, which
/// decides what is measured). A plan exists before that. So the form decides for the texts and
/// choices among the hook's own options, in groups and lists too, but not for its tag, for paths,
/// or for options of components within it. Parameter tables could say which options are values;
/// then this guess can go.
void add_builtin_metrics(Draft& draft, Catalogue& catalogue, config::Diagnostics& diagnostics);

}  // namespace assay::plan
