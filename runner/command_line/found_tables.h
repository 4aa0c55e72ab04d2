// The components for `assay plugins schema` and `assay plugins reference`.
#pragma once

#include <vector>

#include "runner/command_line/common.h"
#include "runner/tables/component_table.h"

namespace assay::command_line {

/// Returns the components found according to these options. Omits those whose library does not
/// load, and warns about each. Throws UsageError like make_plugin_host().
std::vector<tables::ComponentTable> found_tables(const Common& common);

}  // namespace assay::command_line
