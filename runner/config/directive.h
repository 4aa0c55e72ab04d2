// Lines that start with '%', which yaml-cpp passes over without a word.
#pragma once

#include <memory>

#include "runner/config/diagnostics.h"
#include "runner/config/source.h"

namespace assay::config {

/// A config may say `%YAML 1.2` in front of a line `---`, and no other directive. False when it
/// does, or has such a line anywhere else; the first is reported.
bool check_directives(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics);

}  // namespace assay::config
