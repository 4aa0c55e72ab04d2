// Rules for the names in `${...}`.
#pragma once

#include <string>
#include <string_view>

namespace assay::config {

struct NameProblem {
  std::string message;  ///< empty: none
  std::string hint;
};

/// Returns the problem that keeps NAME in `${NAME}` from being the full name of a key. Do not call
/// it for environment variables or for references that stay as they are (`now:`, `step`).
NameProblem problem_with_reference(std::string_view name);

}  // namespace assay::config
