// Writes the reference of all config keys as Markdown: docs/config-reference.md.
#pragma once

#include <span>
#include <string>

#include "runner/tables/component_table.h"

namespace assay::tables {

/// Returns the experiment's own keys, then the components by kind and name. The text ends with a
/// newline, and is always the same for the same components.
std::string markdown(std::span<const ComponentTable> components);

}  // namespace assay::tables
