// Several values for one key, as other programs take them: `seed=1,2`. Assay takes one for a run.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::config {

struct Sweep {
  std::string key;
  std::vector<std::string> values;  ///< at least two, which no shell reads otherwise
};

/// Reads `key=a,b` and `key=choice(a, b)`. Returns nothing for any other argument, and for values
/// that a shell would not take as they are.
std::optional<Sweep> read_sweep(std::string_view argument);

/// Returns the loop of a shell that runs a config with one value after the other:
/// "for value in 1 2; do assay run CONFIG seed=$value; done".
std::string loop_over(const Sweep& sweep, std::string_view config = "CONFIG");

}  // namespace assay::config
