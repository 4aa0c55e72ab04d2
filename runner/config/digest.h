// Short names for texts.
#pragma once

#include <string>
#include <string_view>

namespace assay::config {

/// XXH3-128 (https://github.com/Cyan4973/xxHash) as 32 hexadecimal digits: the same everywhere and
/// with every version. For telling texts apart, not against somebody who wants two to look alike.
std::string digest(std::string_view text);

}  // namespace assay::config
