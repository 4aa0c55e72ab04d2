#include "runner/config/reference.h"

namespace assay::config {

std::optional<Reference> next_reference(std::string_view text, std::size_t from) {
  std::size_t begin = text.find("${", from);
  while (begin != std::string_view::npos && begin > 0 && text[begin - 1] == '\\')
    begin = text.find("${", begin + 2);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t close = text.find('}', begin);
  if (close == std::string_view::npos) return Reference{begin, text.size(), {}, false};
  return Reference{begin, close + 1, text.substr(begin + 2, close - begin - 2)};
}

std::string literal(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (!text.substr(i).starts_with("\\${")) result += text[i];
  return result;
}

std::string escaped(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("${")) result += '\\';
    result += text[i];
  }
  return result;
}

}  // namespace assay::config
