// A component as YAML to paste into a config.
#pragma once

#include <string>

#include "runner/tables/component_table.h"

namespace assay::tables {

/// All its options, in the order of its table: with their defaults, and a word in capitals for what
/// is required, which Assay refuses until it is replaced. Options that are null by default stand in
/// a comment. Schedules and renderers are shown as a section of an optimizer or a hook.
std::string example(const ComponentTable& component);

}  // namespace assay::tables
