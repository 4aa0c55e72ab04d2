// Where a scalar ends in the text: yaml-cpp only tells where it starts.
#pragma once

#include <cstddef>
#include <string_view>

namespace assay::config {

/// The quote that closes the text which the one at text[begin] opens; npos when there is none.
std::size_t closing_quote(std::string_view text, std::size_t begin);

/// The end of the scalar that starts at text[begin] and has the given value: behind its last
/// character or closing quote, or the end of its first line when it has several.
std::size_t scalar_end(std::string_view text, std::size_t begin, std::string_view value);

/// Whether text[begin] is a quote that is never closed.
bool is_unclosed(std::string_view text, std::size_t begin);

/// The start of the first quoted text from text[from] on that is never closed; npos when there is
/// none.
std::size_t unclosed_quote(std::string_view text, std::size_t from);

}  // namespace assay::config
