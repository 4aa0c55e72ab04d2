// Finds components that would overwrite each other's records.
#pragma once

#include <optional>
#include <string>

#include "runner/config/diagnostics.h"
#include "runner/plan/draft.h"

namespace assay::plan {

/// The option `tag` of a hook, as written (borrowed), and the place to report problems with it.
struct Tag {
  const std::string& text;
  const config::Location& where;
};
std::optional<Tag> tag_of(const HookPlan& hook);

/// The hint for two hooks with the same tag.
inline constexpr const char* choose_another_tag =
    "records of two hooks under one tag would mix: choose another";

/// Reports hooks with the same tag, whose records would mix, and texts that are not valid tags.
void check_duplicates(const Draft& draft, config::Diagnostics& diagnostics);

}  // namespace assay::plan
