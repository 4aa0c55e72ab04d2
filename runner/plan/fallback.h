// A parameter table's default, read.
#pragma once

#include <optional>
#include <string>

#include "assay/parameter.h"
#include "runner/config/diagnostics.h"
#include "runner/config/node.h"

namespace assay::plan {

/// The parameter's fallback, which it has, as a node at no place. Nothing when it cannot be read,
/// which is reported; `key` is the option's full key.
std::optional<config::Node> fallback_node(const Parameter& parameter, const std::string& key,
                                          config::Diagnostics& diagnostics);

}  // namespace assay::plan
