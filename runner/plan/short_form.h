// The short forms in which a config may write some of the experiment's own options:
//
//   at: 5                              at: [5]
//   init_from: digits.safetensors      init_from: {file: digits.safetensors}
//   missing: allow                     missing: ["*"]
//   rates: {"layer1.*": 0.1}           rates: [{weights: "layer1.*", factor: 0.1}]
#pragma once

#include <span>

#include "assay/parameter.h"
#include "runner/config/node.h"

namespace assay::plan {

/// Returns the map with the long forms of its options that are in the table (schema.h), so that the
/// table can judge them. Their values keep their places. A value in neither form stays as it is.
config::Node in_long_form(config::Node map, std::span<const Parameter> table);

}  // namespace assay::plan
