// The values of a plan as a list, typed.
#pragma once

#include <string>
#include <vector>

#include "assay/record.h"
#include "runner/plan/plan.h"

namespace assay::plan {

struct Entry {
  std::string key;   ///< full: "hooks.loss.every"
  std::string yaml;  ///< as in plan.yaml
  TypedValue::Type type = TypedValue::Type::none;
  bool boolean = false;
  double number = 0;
  std::string text = {};  ///< of a text; of a list, the same as `yaml`
};

/// Returns every value of the plan. The lines "key: yaml" are sorted, as those of canonical(),
/// which leaves some of them out.
std::vector<Entry> entries(const Plan& plan);

}  // namespace assay::plan
