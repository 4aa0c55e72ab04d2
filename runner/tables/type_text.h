// What a parameter takes, in few words: "integer, >= 1", "list of png|svg|pdf".
#pragma once

#include <string>

#include "assay/parameter.h"

namespace assay::tables {

/// Type and bounds.
std::string type_text(const Parameter& parameter);

/// "required", or "default 0.9".
std::string default_text(const Parameter& parameter);

}  // namespace assay::tables
