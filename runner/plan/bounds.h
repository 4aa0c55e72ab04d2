// The bounds that a parameter sets its numbers.
#pragma once

#include <string>

#include "assay/parameter.h"

namespace assay::plan {

/// Whether the number is finite and keeps to them.
bool within(double number, const Parameter& parameter);

/// In words that follow "a number": " of at least 0 and below 1"; empty where there are none.
std::string bounds(const Parameter& parameter);

}  // namespace assay::plan
