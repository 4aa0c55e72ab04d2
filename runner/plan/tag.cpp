#include "runner/plan/tag.h"

#include <fmt/format.h>

#include <limits>
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

// Returns the text with the numbers for `${step}` and `${epoch}`, and with `${` for `\${`.
std::string expanded(std::string_view tag, std::int64_t step, std::int64_t epoch) {
  std::string text;
  std::size_t at = 0;
  while (const auto reference = config::next_reference(tag, at)) {
    text += config::literal(tag.substr(at, reference->begin - at));
    at = reference->end;
    if (reference->name == config::step_reference) text += std::to_string(step);
    else if (reference->name == config::epoch_reference) text += std::to_string(epoch);
    else text += tag.substr(reference->begin, reference->end - reference->begin);
  }
  return text + config::literal(tag.substr(at));
}

// `shown` is the text in the messages.
std::string problem_with(std::string_view name, std::string_view shown) {
  if (name.empty()) return "expected a name in the logs, found an empty text";
  if (!is_line(name))
    return fmt::format("a tag is one line of text, found {}", base::quoted(base::one_line(shown)));
  if (name.size() > longest_tag)
    return fmt::format("a tag has at most {} bytes, found {}", grouped(longest_tag),
                       grouped(name.size()));
  return {};
}

}  // namespace

std::string Tag::problem() const {
  constexpr std::int64_t longest = std::numeric_limits<std::int64_t>::max();
  return problem_with(expanded(written_, longest, longest), written_);
}

bool Tag::varies() const {
  std::size_t at = 0;
  while (const auto reference = config::next_reference(written_, at)) {
    if (config::filled_by(reference->name) == config::FilledBy::tag) return true;
    at = reference->end;
  }
  return false;
}

std::string Tag::at(std::int64_t step, std::int64_t epoch) const {
  return expanded(written_, step, epoch);
}

std::string problem_with_tag(std::string_view name) { return problem_with(name, name); }

const std::string* TagOwners::find(const std::string& tag) const {
  const auto owner = hooks_.find(tag);
  return owner == hooks_.end() ? nullptr : &owner->second;
}

const std::string& TagOwners::claim(const std::string& tag, const std::string& hook) {
  return hooks_.try_emplace(tag, hook).first->second;
}

std::vector<HookTag> tags_of(const HookPlan& hook) {
  std::vector<HookTag> tags;
  for (const OptionText& given : hook.tags)
    tags.push_back({Tag(given.text), fmt::format("hooks.{}.{}", hook.name, given.option),
                    given.where.source == nullptr ? hook.component.where : given.where});
  return tags;
}

void check_tags(const Draft& draft, config::Diagnostics& diagnostics) {
  TagOwners owners;  // by the tag as written
  for (const HookPlan& hook : draft.hooks) {
    for (const HookTag& tag : tags_of(hook)) {
      if (std::string problem = tag.tag.problem(); !problem.empty()) {
        diagnostics.error(tag.where, tag.key, std::move(problem));
        continue;
      }
      const std::string& owner = owners.claim(tag.tag.written(), hook.name);
      if (owner != hook.name)
        diagnostics.error(tag.where, tag.key,
                          fmt::format("the tag {} belongs to hooks.{} already",
                                      base::quoted(tag.tag.written()), owner),
                          choose_another_tag);
    }
  }
}

}  // namespace assay::plan
