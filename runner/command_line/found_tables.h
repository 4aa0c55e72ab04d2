// What `assay plugins schema` and `assay plugins reference` write about.
#pragma once

#include <vector>

#include "runner/command_line/common.h"
#include "runner/tables/component_table.h"

namespace assay::command_line {

/// The components that are found where these options say. Warns of every one whose library does not
/// load, which is left out. Throws UsageError as make_plugin_host() does.
std::vector<tables::ComponentTable> found_tables(const Common& common);

}  // namespace assay::command_line
