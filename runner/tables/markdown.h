// The reference of all that a config may say, as Markdown: docs/config-reference.md.
#pragma once

#include <span>
#include <string>

#include "runner/tables/component_table.h"

namespace assay::tables {

/// The experiment's own keys, then the components by kind and name. Ends with a newline; the same
/// text for the same components.
std::string markdown(std::span<const ComponentTable> components);

}  // namespace assay::tables
