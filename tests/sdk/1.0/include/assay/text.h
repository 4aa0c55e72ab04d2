// Rules for the names and texts of a plugin. They appear in its stamp, one per line, and in tables
// and messages on terminals, so they must not contain characters that could be mistaken for
// anything else there.
#pragma once

#include <cstddef>
#include <string_view>

#include "assay/version.h"

namespace assay {

/// Returns true for lower-case letters, digits and underscores that start with a letter: "top_k".
constexpr bool is_name(std::string_view text) {
  if (text.empty() || text[0] < 'a' || text[0] > 'z') return false;
  for (const char c : text)
    if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_') return false;
  return true;
}

/// Returns true for UTF-8 without control characters (the Unicode category Cc) and line separators.
/// The text may be empty.
constexpr bool is_line(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const unsigned lead = static_cast<unsigned char>(text[at]);
    const std::size_t more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    if (more > 0 && (lead < 0xC2 || lead > 0xF4 || more >= text.size() - at)) return false;
    unsigned code = more == 0 ? lead : lead & (0x3FU >> more);
    for (std::size_t i = at + 1; i <= at + more; ++i) {
      const unsigned byte = static_cast<unsigned char>(text[i]);
      if ((byte & 0xC0U) != 0x80U) return false;
      code = (code << 6U) | (byte & 0x3FU);
    }
    constexpr unsigned smallest[] = {0, 0x80, 0x800, 0x10000};
    if (code < smallest[more] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
      return false;
    if (code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029)
      return false;
    at += more + 1;
  }
  return true;
}

/// Returns true for a line that is not empty and contains no spaces: "1.0.0".
constexpr bool is_word(std::string_view text) {
  return !text.empty() && text.find(' ') == std::string_view::npos && is_line(text);
}

}  // namespace assay
