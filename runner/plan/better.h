// Knows which of two values is the better one: the smaller loss, the larger accuracy.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runner/plan/plan.h"

namespace assay::plan {

/// Returns the direction in which a value of this name is better: that of `checkpoints.best` if the
/// plan watches the value; else smaller for losses, and by the type of a metric, or the name of its
/// result, for those in common use. Returns nothing where it is not known. Nobody else decides
/// this.
std::optional<BestPlan::Mode> better(const Content& plan, std::string_view value);

std::string_view name_of(BestPlan::Mode mode);  ///< "min", "max"
/// Returns nothing for another text.
std::optional<BestPlan::Mode> mode_called(std::string_view name);

}  // namespace assay::plan
