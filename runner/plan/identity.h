// Tells components and sections with the same values from others.
#pragma once

#include <optional>
#include <string>

#include "runner/plan/plan.h"
#include "runner/plan/values.h"

namespace assay::plan {

/// Returns a text that two components have in common if and only if they have the same kind, type
/// and values, wherever those were written.
std::string identity(const ComponentPlan& component);
/// Does the same for these sections.
std::string identity(const std::optional<SplitPlan>& split);
std::string identity(const TrainPlan& train);
std::string identity(const Trigger& trigger);

}  // namespace assay::plan
