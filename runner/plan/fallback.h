// Reads the default of a parameter table.
#pragma once

#include <optional>
#include <string>

#include "assay/parameter.h"
#include "runner/config/diagnostics.h"
#include "runner/config/node.h"

namespace assay::plan {

/// Returns the parameter's fallback, which must exist, as a node without a place. If it cannot be
/// read, reports that and returns nothing. `key` is the option's full key.
std::optional<config::Node> fallback_node(const Parameter& parameter, const std::string& key,
                                          config::Diagnostics& diagnostics);

}  // namespace assay::plan
