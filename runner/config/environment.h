// Resolves ${env:...} in the texts of a config.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::config {

struct EnvironmentValue {
  std::optional<std::string> text;  ///< with each '${' escaped, so that it is not a reference
  std::string problem;              ///< set if there is no text
  std::string hint;                 ///< what to do about it; may be empty
};

/// Returns the value for `NAME` or `NAME,default`. Blanks around both are ignored.
EnvironmentValue environment_value(std::string_view name_and_default);

}  // namespace assay::config
