// Builds parts of a config in memory: nodes without a place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runner/config/node.h"

namespace assay::conformance {

using config::scalar;
/// Returns a quoted scalar: always text.
config::Node words(std::string text);
config::Node list(std::vector<config::Node> elements);
/// Returns an empty map.
config::Node map();
void set(config::Node& map, std::string_view key, config::Node value);

/// Returns the node in a few characters, on one line.
std::string shown(const config::Node& node);

}  // namespace assay::conformance
