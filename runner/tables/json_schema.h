// A config's JSON Schema (2020-12, https://json-schema.org/draft/2020-12), for editors that
// complete and check while one types.
//
// It says what can be said of one value at a time: keys, types, bounds, words, components with
// their options, what is required. That a hook's value exists, that tags differ, or that splits
// leave rows to train on, is for Assay's own checks; so is how a number is written (1.0 is an
// integer to JSON Schema).
#pragma once

#include <span>
#include <string>

#include "runner/tables/component_table.h"

namespace assay::tables {

/// The schema of configs that may use these components. Sorted by key, ends with a newline; the
/// same text for the same components.
std::string json_schema(std::span<const ComponentTable> components);

}  // namespace assay::tables
