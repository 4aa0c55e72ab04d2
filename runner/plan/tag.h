// Checks tags: the names of curves, pictures and texts in the logs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay::plan {

inline constexpr std::size_t longest_tag = 1024;  ///< bytes

/// Returns the problem that keeps a text from being a tag; empty if there is none. `${step}` and
/// `${epoch}` count as numbers of any length, so a tag that is valid here is valid in the run.
std::string problem_with_tag(std::string_view tag);

}  // namespace assay::plan
