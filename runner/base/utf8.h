// UTF-8, as far as places and messages need it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace assay::base {

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
};

/// Returns the character that starts at text[at]; nothing if the bytes there are not UTF-8.
std::optional<Character> character_at(std::string_view text, std::size_t at);

/// Returns the number of characters in well-formed UTF-8.
std::size_t characters(std::string_view text);

/// Returns the terminal columns of a character: 0 for combining marks, 2 for wide ones.
std::size_t width(char32_t code);

/// Returns the terminal columns of a text. A byte that is not UTF-8 counts as one.
std::size_t width(std::string_view text);

/// Returns true for a character that YAML allows in a stream (YAML 1.2.2, c-printable), so for no
/// control character.
bool printable(char32_t code);

/// Replaces everything that is not UTF-8 or not printable by U+FFFD, which is safe for a terminal.
std::string harmless(std::string_view text);

/// Returns untrusted text on one line. Control characters, directional marks and bytes that are not
/// UTF-8 become escapes (\\n, \\x1b, \\u202e). The text is trimmed, and truncated after 1000
/// characters.
std::string one_line(std::string_view text);

}  // namespace assay::base
