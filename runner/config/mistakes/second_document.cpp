#include "runner/config/mistakes/second_document.h"

#include <algorithm>
#include <string>
#include <vector>

#include "runner/config/mistakes/layout.h"
#include "runner/config/mistakes/missing_colon.h"

namespace assay::config {

Complaint complaint_of_second_document(std::string_view text, std::size_t first, std::size_t at) {
  const std::size_t end = text.find_first_of(" \t\n", at);
  std::vector<Line> lines = layout_of(text, at).lines;
  std::erase_if(lines,
                [first](const Line& line) { return line.begin + line.text.size() <= first; });
  if (!lines.empty() && lines.front().text.starts_with("---")) lines.erase(lines.begin());
  if (text.substr(at).starts_with("---") || lines.size() < 2 ||
      lines[lines.size() - 2].text.starts_with("..."))
    return {at, end, "a second document starts here, but a config is one document", ""};

  const Line& top = lines.front();
  const std::size_t begin = top.begin + top.indentation();
  if (text[begin] == '{')
    return {at, end, "the '{' that the config starts with is closed before this",
            "put all keys into the braces, or none"};
  constexpr const char* no_map = "expected a map (lines of 'key: value')";
  if (text[begin] == '[' || top.words().starts_with('-'))
    return {begin, begin + 1, std::string(no_map) + ", found a list", ""};
  if (is_key_without_colon(top, {}))
    return complaint_of_key(text, begin, begin + top.entry().size());
  if (top.colon_column() == std::string_view::npos) return {begin, begin + 1, no_map, ""};
  const auto beside = std::ranges::count(lines, top.indentation(), &Line::indentation);
  constexpr const char* hint = "all keys of a map start in the same column";
  if (beside > 1) return {at, end, "this line is indented differently from those before it", hint};
  return {begin, begin + 1, "this line is indented differently from those after it", hint};
}

}  // namespace assay::config
