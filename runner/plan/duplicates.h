// Components that would write over each other.
#pragma once

#include <optional>
#include <string>

#include "runner/config/diagnostics.h"
#include "runner/plan/plan.h"

namespace assay::plan {

/// The option `tag` of a hook, as written (borrowed), and where to say what is wrong with it;
/// nothing where it has none.
struct Tag {
  const std::string& text;
  const config::Location& where;
};
std::optional<Tag> tag_of(const HookPlan& hook);

/// What to do about two hooks with one tag.
inline constexpr const char* choose_another_tag =
    "records of two hooks under one tag would mix: choose another";

/// Reports hooks with the same tag, whose records would mix, and texts that are no tags.
void check_duplicates(const Plan& plan, config::Diagnostics& diagnostics);

}  // namespace assay::plan
