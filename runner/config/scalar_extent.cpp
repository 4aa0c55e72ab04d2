#include "runner/config/scalar_extent.h"

#include <algorithm>

namespace assay::config {

constexpr auto none = std::string_view::npos;

std::size_t closing_quote(std::string_view text, std::size_t begin) {
  const char quote = text[begin];
  for (std::size_t at = begin + 1; at < text.size(); ++at) {
    const bool escaped = quote == '"' ? text[at] == '\\' : text.substr(at, 2) == "''";
    if (escaped) ++at;
    else if (text[at] == quote) return at;
  }
  return none;
}

std::size_t scalar_end(std::string_view text, std::size_t begin, std::string_view value) {
  const std::size_t line_end = std::min(text.find('\n', begin), text.size());
  if (begin >= text.size()) return begin;
  if (text[begin] == '"' || text[begin] == '\'') {
    const std::size_t close = closing_quote(text.substr(0, line_end), begin);
    return close == none ? line_end : close + 1;
  }
  if (text.substr(begin, value.size()) == value && begin + value.size() <= line_end)
    return begin + value.size();
  return line_end;
}

bool is_unclosed(std::string_view text, std::size_t begin) {
  const bool opens = begin < text.size() && (text[begin] == '"' || text[begin] == '\'');
  return opens && closing_quote(text, begin) == none;
}

std::size_t unclosed_quote(std::string_view text, std::size_t from) {
  for (std::size_t at = from; at < text.size(); ++at) {
    const bool first = at == 0 || std::string_view(" \t\n[{,").find(text[at - 1]) != none;
    if (text[at] == '#' && first) {
      at = std::min(text.find('\n', at), text.size());
    } else if (text[at] == '"' || (text[at] == '\'' && first)) {
      const std::size_t close = closing_quote(text, at);
      if (close == none) return at;
      at = close;
    }
  }
  return none;
}

}  // namespace assay::config
