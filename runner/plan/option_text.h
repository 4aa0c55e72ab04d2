// Finds the tags and the names of values that a config gives to a component.
#pragma once

#include <vector>

#include "assay/parameter.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/plan.h"

namespace assay::plan {

/// Returns the texts of all options of this type, in the order of the tables. Skips options whose
/// component is not in the catalogue or does not load; the planner has reported that.
std::vector<OptionText> texts_of(const ComponentPlan& component, ParameterType type,
                                 Catalogue& catalogue);

}  // namespace assay::plan
