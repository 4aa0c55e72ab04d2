// How two plans differ, key by key.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runner/plan/plan.h"

namespace assay::plan {

struct Difference {
  struct Side {
    std::string text;    ///< as in a plan's YAML
    std::string origin;  ///< what set it: "digits.yaml:12", "argument 3", "default"
  };
  std::string key;             ///< full: "hooks.loss.every"
  std::optional<Side> before;  ///< nothing: this plan has no such key
  std::optional<Side> after;
};

/// In the order of the plans. A key of the second alone follows the one that it follows there, and
/// what the first alone has at this place.
std::vector<Difference> differences(const Plan& before, const Plan& after);

}  // namespace assay::plan
