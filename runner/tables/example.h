// Writes a component as YAML to paste into a config.
#pragma once

#include <string>

#include "runner/tables/component_table.h"

namespace assay::tables {

/// Returns all its options in the order of its table. They have their defaults; a required option
/// has a word in capitals, which Assay rejects until it is replaced. Options that are null by
/// default are comments. Schedules and renderers appear within an optimizer or a hook.
std::string example(const ComponentTable& component);

}  // namespace assay::tables
