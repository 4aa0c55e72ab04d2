#include "runner/base/pattern.h"

#include <cstddef>

namespace assay::base {

std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view text) {
  // Every literal part is found at its first place behind the one before; only the last part has
  // its place at the end. So no choice has to be taken back, and hostile patterns take no longer.
  const std::size_t first_star = pattern.find('*');
  if (first_star == pattern.npos)
    return pattern == text ? std::optional(std::vector<std::string>()) : std::nullopt;
  if (!text.starts_with(pattern.substr(0, first_star))) return std::nullopt;
  std::vector<std::string> texts;
  std::size_t at = first_star;
  for (std::size_t star = first_star; star != pattern.npos;) {
    const std::size_t next = pattern.find('*', star + 1);
    const std::string_view part = pattern.substr(star + 1, next - star - 1);
    const bool last = next == pattern.npos;
    if (last && text.size() < at + part.size()) return std::nullopt;
    const std::size_t found = last ? text.size() - part.size() : text.find(part, at);
    if (found == text.npos || text.substr(found, part.size()) != part) return std::nullopt;
    texts.emplace_back(text.substr(at, found - at));
    at = found + part.size();
    star = next;
  }
  return texts;
}

std::string filled(std::string_view pattern, const std::vector<std::string>& texts) {
  std::string result;
  std::size_t next = 0;
  for (const char c : pattern)
    if (c == '*' && next < texts.size()) result += texts[next++];
    else result += c;
  return result;
}

}  // namespace assay::base
