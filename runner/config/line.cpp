#include "runner/config/line.h"

#include <algorithm>

namespace assay::config {

constexpr auto none = std::string_view::npos;

std::size_t Line::indentation() const { return std::min(text.find_first_not_of(' '), text.size()); }

bool Line::is_blank() const {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == none || text[first] == '#';
}

Line line_at(std::string_view text, std::size_t at) {
  const std::size_t before = at == 0 ? none : text.rfind('\n', at - 1);
  const std::size_t begin = before == none ? 0 : before + 1;
  return {begin, text.substr(begin, std::min(text.find('\n', begin), text.size()) - begin)};
}

Line line_before(std::string_view text, Line line) {
  while (line.begin > 0) {
    line = line_at(text, line.begin - 1);
    if (!line.is_blank()) return line;
  }
  return {};
}

}  // namespace assay::config
