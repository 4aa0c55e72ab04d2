#include "runner/config/line.h"

#include <algorithm>

#include "runner/config/scalar_extent.h"

namespace assay::config {

constexpr auto none = std::string_view::npos;

std::size_t Line::indentation() const { return std::min(text.find_first_not_of(' '), text.size()); }

bool Line::is_blank() const {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == none || text[first] == '#';
}

std::size_t Line::key_column() const {
  std::size_t at = indentation();
  const auto rest = [&] { return text.substr(at); };
  while (rest().starts_with("- ") || rest().starts_with("? ") || rest().starts_with('&')) {
    const std::size_t blank = text.find(' ', at);
    at = std::min(text.find_first_not_of(' ', blank), text.size());
  }
  return at;
}

std::string_view Line::entry() const {
  std::string_view result = text.substr(key_column());
  result = result.substr(0, std::min(result.find(" #"), result.find("\t#")));
  return result.substr(0, result.find_last_not_of(" \t") + 1);
}

std::size_t Line::colon_column() const {
  const std::string_view all = entry();
  const bool is_quoted = all.starts_with('"') || all.starts_with('\'');
  std::size_t colon = all.find(':', is_quoted ? scalar_end(all, 0, {}) : 0);
  while (colon != none && colon + 1 < all.size() && all[colon + 1] != ' ' && all[colon + 1] != '\t')
    colon = all.find(':', colon + 1);
  return colon == none ? none : key_column() + colon;
}

Line line_at(std::string_view text, std::size_t at) {
  const std::size_t before = at == 0 ? none : text.rfind('\n', at - 1);
  const std::size_t begin = before == none ? 0 : before + 1;
  return {begin, text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin)};
}

}  // namespace assay::config
