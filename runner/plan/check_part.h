// Checks an incomplete config, one of whose files cannot be read.
#pragma once

#include "runner/config/diagnostics.h"
#include "runner/config/node.h"
#include "runner/plan/catalogue.h"

namespace assay::plan {

/// Reports the problems that the missing files cannot change: unknown keys, unknown components and
/// invalid values. Does not report missing keys, or references that find nothing.
void check_part(config::Node part, Catalogue& catalogue, config::Diagnostics& diagnostics);

}  // namespace assay::plan
