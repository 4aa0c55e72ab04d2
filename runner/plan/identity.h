// Tells components with the same values from others.
#pragma once

#include <string>

#include "runner/plan/values.h"

namespace assay::plan {

/// Returns a text that two components have in common if and only if they have the same kind, type
/// and values, wherever those were written.
std::string identity(const ComponentPlan& component);

}  // namespace assay::plan
