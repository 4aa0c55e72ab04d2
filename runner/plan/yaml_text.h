// Nodes to YAML text.
#pragma once

#include <string>

#include "runner/config/node.h"

namespace assay::plan {

/// A map in block style; lists of scalars in one line. A scalar marked as quoted is text: it gets
/// quotes only where it could be taken for something else.
std::string yaml_text(const config::Node& map);

}  // namespace assay::plan
