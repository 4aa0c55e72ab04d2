#include "runner/hooks/tag.h"

namespace assay::hooks {
namespace {

void replace_all(std::string& text, std::string_view name, std::int64_t number) {
  const std::string value = std::to_string(number);
  for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += value.size())
    text.replace(at, name.size(), value);
}

}  // namespace

std::string expand_tag(std::string_view tag, std::int64_t step, std::int64_t epoch) {
  std::string text(tag);
  if (text.find('$') == std::string::npos) return text;
  replace_all(text, "${step}", step);
  replace_all(text, "${epoch}", epoch);
  return text;
}

}  // namespace assay::hooks
