// A config that is not all there, since one of its files cannot be read.
#pragma once

#include "runner/config/diagnostics.h"
#include "runner/config/node.h"
#include "runner/plan/catalogue.h"

namespace assay::plan {

/// Reports what is wrong in any case, whatever the rest says: unknown keys and components, and
/// values. What a reference does not find, and what is missing, the rest may hold.
void check_part(config::Node part, Catalogue& catalogue, config::Diagnostics& diagnostics);

}  // namespace assay::plan
