// Tags: the names of curves, pictures and texts in the logs.
//
// The tags that a config gives to a hook are its options of the type ParameterType::tag; a hook may
// make others while it runs. `${step}` and `${epoch}` in a tag stand for the numbers of the step at
// which the hook fires, `\${` for `${`. A tag belongs to one hook, because records of two hooks
// under one tag would mix. Nothing else in the runner knows these rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runner/config/diagnostics.h"
#include "runner/plan/draft.h"

namespace assay::plan {

/// A tag as a config or a hook writes it.
class Tag {
 public:
  explicit Tag(std::string written) : written_(std::move(written)) {}

  const std::string& written() const { return written_; }
  /// Returns the problem that keeps it from being a name in the logs; empty if there is none.
  /// `${step}` and `${epoch}` count as numbers of any length, so that a tag that is valid here is
  /// valid in the run.
  std::string problem() const;
  /// Returns true if its name in the logs depends on the step.
  bool varies() const;
  /// Returns its name in the logs at a step. References other than `${step}` and `${epoch}` stay as
  /// they are.
  std::string at(std::int64_t step, std::int64_t epoch) const;

 private:
  std::string written_;
};

inline constexpr std::size_t longest_tag = 1024;  ///< bytes

/// Returns the problem that keeps a text from being a name in the logs; empty if there is none.
std::string problem_with_tag(std::string_view name);

/// The hooks that own tags, by the tag's name in the logs.
class TagOwners {
 public:
  /// Returns the name of the hook that owns the tag; null if none does.
  const std::string* find(const std::string& tag) const;
  /// Gives the tag to the hook unless another hook owns it. Returns the owner.
  const std::string& claim(const std::string& tag, const std::string& hook);
  const std::unordered_map<std::string, std::string>& hooks() const { return hooks_; }

 private:
  std::unordered_map<std::string, std::string> hooks_;
};

/// A tag that a config gives to a hook.
struct HookTag {
  Tag tag;
  std::string key;         ///< "hooks.loss.tag"
  config::Location where;  ///< the place to report problems with it
};
/// Omits tags that were reported as wrong.
std::vector<HookTag> tags_of(const HookPlan& hook);

/// The hint for two hooks with the same tag.
inline constexpr const char* choose_another_tag =
    "records of two hooks under one tag would mix: choose another";

/// Reports hooks with the same tag, whose records would mix, and texts that are not valid tags.
void check_tags(const Draft& draft, config::Diagnostics& diagnostics);

}  // namespace assay::plan
