// Describes the type of a parameter in a few words: "integer, >= 1", "list of png|svg|pdf".
#pragma once

#include <string>

#include "assay/parameter.h"

namespace assay::tables {

/// Returns the type and the bounds.
std::string type_text(const Parameter& parameter);

/// Returns "required", or "default 0.9".
std::string default_text(const Parameter& parameter);

}  // namespace assay::tables
