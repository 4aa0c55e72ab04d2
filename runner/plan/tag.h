// Tags of hooks: the names of curves, pictures and texts in the logs.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "runner/config/diagnostics.h"
#include "runner/plan/draft.h"

namespace assay::plan {

/// The option `tag` of a hook, as written (borrowed), and the place to report problems with it.
struct Tag {
  const std::string& text;
  const config::Location& where;
};
std::optional<Tag> tag_of(const HookPlan& hook);

inline constexpr std::size_t longest_tag = 1024;  ///< bytes

/// Returns the problem that keeps a text from being a tag; empty if there is none. `${step}` and
/// `${epoch}` count as numbers of any length, so a tag that is valid here is valid in the run.
std::string problem_with_tag(std::string_view tag);

/// The hint for two hooks with the same tag.
inline constexpr const char* choose_another_tag =
    "records of two hooks under one tag would mix: choose another";

/// Reports hooks with the same tag, whose records would mix, and texts that are not valid tags.
void check_tags(const Draft& draft, config::Diagnostics& diagnostics);

}  // namespace assay::plan
