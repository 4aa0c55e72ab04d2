// Turns yaml-cpp's error messages into helpful ones.
#pragma once

#include <string>

#include "runner/config/node_builder.h"

namespace YAML {
class ParserException;
}

namespace assay::config {

/// Reports the error at the place that a person would point at. `builder` has received the events
/// before it.
void report(const YAML::ParserException& error, const std::string& text, NodeBuilder& builder,
            Diagnostics& diagnostics);

}  // namespace assay::config
