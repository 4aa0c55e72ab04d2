// Short names for texts.
#pragma once

#include <string>
#include <string_view>

namespace assay::base {

/// Returns the XXH3-128 (https://github.com/Cyan4973/xxHash) of a text as 32 hexadecimal digits. It
/// is the same on every machine and in every version. It distinguishes texts, but is not secure
/// against deliberate collisions.
std::string digest(std::string_view text);

}  // namespace assay::base
