// What may stand in `${...}`.
#pragma once

#include <string>
#include <string_view>

namespace assay::config {

struct NameProblem {
  std::string message;  ///< empty: none
  std::string hint;
};

/// What keeps NAME of `${NAME}` from being the full name of a key. Those of the environment and
/// what stays as it is (`now:`, `step`) are not asked about.
NameProblem problem_with_reference(std::string_view name);

}  // namespace assay::config
