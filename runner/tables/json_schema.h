// The JSON Schema of configs (2020-12, https://json-schema.org/draft/2020-12), for editors that
// complete and check while the user types.
//
// It covers the rules for one value at a time: keys, types, bounds, words, components with their
// options, and required keys. Assay itself checks the rest: whether a hook's value exists, whether
// tags differ, whether splits leave rows to train on, and how a number is written (1.0 is an
// integer in JSON Schema).
#pragma once

#include <span>
#include <string>

#include "runner/tables/component_table.h"

namespace assay::tables {

/// Returns the schema of configs that may use these components. It is sorted by key, ends with a
/// newline, and is always the same for the same components.
std::string json_schema(std::span<const ComponentTable> components);

}  // namespace assay::tables
