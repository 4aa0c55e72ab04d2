// ${env:...} in the texts of a config.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay::config {

struct EnvironmentValue {
  std::optional<std::string> text;  ///< a '${' in the variable is escaped: it is no reference
  std::string problem;              ///< when there is no text
  std::string hint;                 ///< what to do about it; may be empty
};

/// Of `NAME`, or `NAME,default`, where blanks around both do not count.
EnvironmentValue environment_value(std::string_view name_and_default);

}  // namespace assay::config
