#include "runner/plan/tag.h"

#include <fmt/format.h>

#include "assay/number_text.h"
#include "assay/text.h"
#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/config/reference.h"

namespace assay::plan {
namespace {

// Replaces each reference by the longest possible number.
std::string longest(std::string_view tag) {
  std::string text;
  std::size_t at = 0;
  while (const auto reference = config::next_reference(tag, at)) {
    text += config::literal(tag.substr(at, reference->begin - at));
    text += "9223372036854775807";
    at = reference->end;
  }
  return text + config::literal(tag.substr(at));
}

}  // namespace

std::string problem_with_tag(std::string_view tag) {
  const std::string text = longest(tag);
  if (text.empty()) return "expected a name in the logs, found an empty text";
  if (!is_line(text))
    return fmt::format("a tag is one line of text, found {}", base::quoted(base::one_line(tag)));
  if (text.size() > longest_tag)
    return fmt::format("a tag has at most {} bytes, found {}", grouped(longest_tag),
                       grouped(text.size()));
  return {};
}

}  // namespace assay::plan
