// Checks the characters of a text.
#pragma once

#include <memory>

#include "runner/config/diagnostics.h"
#include "runner/config/source.h"

namespace assay::config {

/// Returns true if every byte belongs to a character that YAML allows and no character is a byte
/// order mark. Reports each kind of problem once, with all its places if they are few.
bool check_characters(const std::shared_ptr<const Source>& source, Diagnostics& diagnostics);

}  // namespace assay::config
