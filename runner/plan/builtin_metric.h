// Metrics that hooks may name without the config having them under `metrics`.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "runner/config/diagnostics.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/plan.h"

namespace assay::plan {

inline constexpr std::array<std::string_view, 2> builtin_metrics = {"loss", "accuracy"};

/// The one of this name, with its defaults; nothing where it is none of them, or no library offers
/// it. `where`: what names it.
std::optional<NamedComponent> builtin_metric(std::string_view name, const config::Location& where,
                                             Catalogue& catalogue,
                                             config::Diagnostics& diagnostics);

}  // namespace assay::plan
