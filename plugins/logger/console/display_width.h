// The number of terminal columns that a text takes.
#pragma once

#include <string_view>

namespace assay::console {

/// Counts the columns of UTF-8: two for the wide characters of East Asia and emoji (the ranges of
/// C++20's [format.string.std], paragraph 11), none for combining accents (U+0300..036F), one for
/// the rest.
int display_width(std::string_view text);

}  // namespace assay::console
