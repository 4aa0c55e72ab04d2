// Several values for one key, as other programs accept them: `seed=1,2`. Assay accepts one per run.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::config {

struct Sweep {
  std::string key;
  std::vector<std::string> values;  ///< at least two, none of which a shell interprets
};

/// Reads `key=a,b` and `key=choice(a, b)`. Returns nothing for any other argument, or for values
/// that a shell would interpret.
std::optional<Sweep> read_sweep(std::string_view argument);

/// Returns a shell loop that runs a config with one value after the other: "for value in 1 2; do
/// assay run CONFIG seed=$value; done".
std::string loop_over(const Sweep& sweep, std::string_view config = "CONFIG");

}  // namespace assay::config
