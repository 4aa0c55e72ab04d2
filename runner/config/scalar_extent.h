// Finds the end of a scalar in the text: yaml-cpp only reports its start.
#pragma once

#include <cstddef>
#include <string_view>

namespace assay::config {

/// Returns the quote that closes the text opened by the quote at text[begin]; npos if there is
/// none.
std::size_t closing_quote(std::string_view text, std::size_t begin);

/// Returns the end of the scalar that starts at text[begin] and has the given value: after its last
/// character or closing quote, or the end of its first line if it has several.
std::size_t scalar_end(std::string_view text, std::size_t begin, std::string_view value);

/// Returns true if text[begin] is a quote that is never closed.
bool is_unclosed(std::string_view text, std::size_t begin);

/// Returns the start of the first quoted text from text[from] on that is never closed; npos if
/// there is none.
std::size_t unclosed_quote(std::string_view text, std::size_t from);

}  // namespace assay::config
