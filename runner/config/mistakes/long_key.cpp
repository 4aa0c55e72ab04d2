#include "runner/config/mistakes/long_key.h"

#include <fmt/format.h>

#include <algorithm>

#include "assay/number_text.h"
#include "runner/config/scalar_extent.h"

namespace assay::config {

std::optional<std::size_t> long_key_end(std::string_view text, std::size_t begin, bool in_flow) {
  constexpr auto none = std::string_view::npos;
  if (begin >= text.size()) return std::nullopt;
  const std::string_view line = text.substr(0, std::min(text.find('\n', begin), text.size()));
  std::size_t end = begin;
  if (line[begin] == '"' || line[begin] == '\'') {
    end = scalar_end(line, begin, {});
  } else {
    for (end = line.find(':', begin); end != none && end + 1 < line.size();
         end = line.find(':', end + 1))
      if (std::string_view(in_flow ? " \t,[]{}" : " \t").find(line[end + 1]) != none) break;
    if (end == none) return std::nullopt;
    const std::size_t mark = in_flow ? line.find_first_of(",[]{}", begin) : none;
    if (mark < end) return std::nullopt;
  }
  const std::size_t colon = line.find_first_not_of(" \t", end);
  if (colon == none || line[colon] != ':' || colon - begin <= max_key_bytes) return std::nullopt;
  return line.find_last_not_of(" \t", colon - 1) + 1;
}

std::string long_key_message() {
  return fmt::format("a key longer than {} bytes, which is the limit", grouped(max_key_bytes));
}

}  // namespace assay::config
