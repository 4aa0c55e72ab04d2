// Characters that mean something to YAML.
#pragma once

#include <string_view>

namespace assay::config {

constexpr bool is_one_of(char c, std::string_view marks) {
  return marks.find(c) != std::string_view::npos;
}
constexpr bool is_quote(char c) { return c == '"' || c == '\''; }

}  // namespace assay::config
