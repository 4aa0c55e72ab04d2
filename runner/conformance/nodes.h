// Pieces of a config that nobody wrote: nodes without a place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runner/config/node.h"

namespace assay::conformance {

using config::scalar;
/// Quoted: text, whatever it looks like.
config::Node words(std::string text);
config::Node list(std::vector<config::Node> elements);
/// An empty one.
config::Node map();
void set(config::Node& map, std::string_view key, config::Node value);

/// In a few characters, on one line.
std::string shown(const config::Node& node);

}  // namespace assay::conformance
