// Compares two plans key by key.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runner/plan/plan.h"

namespace assay::plan {

struct Difference {
  struct Side {
    std::string text;    ///< as in a plan's YAML
    std::string origin;  ///< the source that set it: "digits.yaml:12", "argument 3", "default"
  };
  std::string key;             ///< full: "hooks.loss.every"
  std::optional<Side> before;  ///< nothing if this plan has no such key
  std::optional<Side> after;
};

/// Returns the differences in the order of the plans. A key that only the second plan has comes
/// after its predecessor there, and after the keys that only the first plan has at this place.
std::vector<Difference> differences(const Plan& before, const Plan& after);

}  // namespace assay::plan
