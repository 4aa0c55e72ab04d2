// Lines that start with '%', which yaml-cpp silently ignores.
#pragma once

#include <memory>

#include "runner/config/diagnostics.h"
#include "runner/config/source.h"

namespace assay::config {

/// Checks that the only directive is `%YAML 1.2`, in front of a line `---`. Otherwise reports the
/// first problem and returns false.
bool check_directives(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics);

}  // namespace assay::config
