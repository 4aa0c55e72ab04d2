// What a text may be made of.
#pragma once

#include <memory>

#include "runner/config/diagnostics.h"
#include "runner/config/source.h"

namespace assay::config {

/// Whether every byte belongs to a character that YAML allows, and none is a byte order mark. Each
/// kind of what does not is reported once, with all its places when they are few.
bool check_characters(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics);

}  // namespace assay::config
