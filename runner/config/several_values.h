// Several values for one key, `seed=1,2`. A run takes one; `assay batch` runs each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay::config {

/// Returns the values of `key=a,b` or `key=choice(a, b)`, at least two. Returns none for any other
/// argument, or for values that a shell would interpret.
std::vector<std::string> several_values(std::string_view argument);

}  // namespace assay::config
