// The bounds of a parameter's numbers.
#pragma once

#include <string>

#include "assay/parameter.h"

namespace assay::plan {

/// Returns true if the number is finite and within the bounds.
bool within(double number, const Parameter& parameter);

/// Returns the bounds as words that follow "a number": " of at least 0 and below 1". Empty if there
/// are none.
std::string bounds(const Parameter& parameter);

}  // namespace assay::plan
