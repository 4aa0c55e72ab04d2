// UTF-8, as far as places and messages need it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace assay::config {

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
};

/// The character that starts at text[at]; nothing when the bytes there are not UTF-8.
std::optional<Character> character_at(std::string_view text, std::size_t at);

/// Of well-formed UTF-8.
std::size_t characters(std::string_view text);

/// Columns that a terminal gives the character: 0 for combining marks, 2 for wide ones.
std::size_t width(char32_t code);

/// Columns that it gives a text; a byte that is not UTF-8 counts as one.
std::size_t width(std::string_view text);

/// A character that YAML allows in a stream (YAML 1.2.2, c-printable), so no control characters.
bool printable(char32_t code);

/// With U+FFFD for whatever is not UTF-8 or not printable, so that a terminal stays unharmed.
std::string harmless(std::string_view text);

/// What others wrote, on one line: control characters, marks that turn the direction of text, and
/// what is not UTF-8 as escapes (\\n, \\x1b, \\u202e); cut off after 1000 characters, without
/// blanks around it.
std::string one_line(std::string_view text);

}  // namespace assay::config
