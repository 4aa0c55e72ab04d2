#include "runner/plan/tag.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>

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

std::optional<Tag> tag_of(const HookPlan& hook) {
  const Value* option = hook.component.values.find("tag");
  const auto* text = option == nullptr ? nullptr : std::get_if<std::string>(&option->data);
  if (text == nullptr) return std::nullopt;
  return Tag{*text, option->where.source == nullptr ? hook.component.where : option->where};
}

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

void check_tags(const Draft& draft, config::Diagnostics& diagnostics) {
  std::map<std::string_view, const HookPlan*> first;  // by tag
  for (const HookPlan& hook : draft.hooks) {
    const std::optional<Tag> tag = tag_of(hook);
    if (!tag) continue;
    const std::string key = "hooks." + hook.name + ".tag";
    if (std::string problem = problem_with_tag(tag->text); !problem.empty()) {
      diagnostics.error(tag->where, key, std::move(problem));
      continue;
    }
    const auto [found, is_new] = first.try_emplace(tag->text, &hook);
    if (!is_new)
      diagnostics.error(tag->where, key,
                        fmt::format("the tag {} is that of hooks.{} already",
                                    base::quoted(tag->text), found->second->name),
                        choose_another_tag);
  }
}

}  // namespace assay::plan
