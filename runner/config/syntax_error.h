// yaml-cpp's complaints in words that help.
#pragma once

#include <string>

#include "runner/config/node_builder.h"

namespace YAML {
class ParserException;
}

namespace assay::config {

/// Reports the error at the place that a reader of the text would point at. `builder` has seen the
/// events before it.
void report(const YAML::ParserException& error, const std::string& text, NodeBuilder& builder,
            Diagnostics& diagnostics);

}  // namespace assay::config
