#include "runner/base/wording.h"

#include <fmt/format.h>

#include <cstdint>

#include "runner/base/utf8.h"

namespace assay::base {

std::string shortened(std::string_view text) {
  constexpr std::size_t longest = 60;
  std::string result;
  std::size_t shown = 0;
  for (std::size_t at = 0; at < text.size(); ++shown) {
    if (shown == longest) return result + "...";
    const std::size_t bytes = character_at(text, at).value_or(Character{}).bytes;
    if (text[at] == '\n') result += "\\n";
    else result += text.substr(at, bytes);
    at += bytes;
  }
  return result;
}

std::string quoted(std::string_view text) { return "'" + shortened(text) + "'"; }

std::string listed(std::span<const std::string> words) {
  constexpr std::size_t most = 40;
  std::string result;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) result += ", ";
    if (i == most) return result + "...";
    result += words[i];
  }
  return result;
}

std::string foreign_character(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (static_cast<unsigned char>(text[at]) < 0x80) continue;
    const auto character = character_at(text, at);
    if (!character) return {};
    return fmt::format("it holds U+{:04X}", static_cast<std::uint32_t>(character->code));
  }
  return {};
}

std::string joined(const std::string& key, std::string_view name) {
  return key.empty() ? std::string(name) : key + "." + std::string(name);
}

}  // namespace assay::base
