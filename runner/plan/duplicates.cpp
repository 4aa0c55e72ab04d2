#include "runner/plan/duplicates.h"

#include <fmt/format.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "runner/base/wording.h"
#include "runner/plan/tag.h"

namespace assay::plan {
namespace {

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

}  // namespace

std::optional<Tag> tag_of(const HookPlan& hook) {
  const Value* option = hook.component.values.find("tag");
  const auto* text = option == nullptr ? nullptr : std::get_if<std::string>(&option->data);
  if (text == nullptr) return std::nullopt;
  return Tag{*text, option->where.source == nullptr ? hook.component.where : option->where};
}

void check_duplicates(const Draft& draft, config::Diagnostics& diagnostics) {
  check_tags(draft, diagnostics);
}

}  // namespace assay::plan
