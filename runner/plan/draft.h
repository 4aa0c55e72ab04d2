// The plan of a config that may have problems, as far as the config is understood. Whatever makes
// components goes on with its sound parts, so that all problems are found together.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "runner/plan/plan.h"

namespace assay::plan {

/// Tells how far a component of a draft can be used.
enum class Soundness {
  sound,
  extra_keys,  ///< complete, except for unknown keys of its type
  broken       ///< it cannot be created
};

/// The components that are not sound, by full key: "optimizer", "hooks.sheet.renderer".
using Unsound = std::map<std::string, Soundness, std::less<>>;

struct Draft : Content {
  Unsound unsound;
  /// The keys that no conclusions may be drawn from: "run_dir", "dataset.split", "train", "metrics"
  /// (their names), "hooks.NAME" (its trigger).
  std::set<std::string, std::less<>> doubtful;
  bool has_problems = true;  ///< false only if the whole config was checked and nothing was found

  Soundness soundness(std::string_view key) const;
  /// Returns nothing if the config has problems.
  std::optional<const Plan> finished() &&;
};

}  // namespace assay::plan
