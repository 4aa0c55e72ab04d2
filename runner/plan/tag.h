// Judges tags: the names of curves, pictures and texts in the logs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace assay::plan {

inline constexpr std::size_t longest_tag = 1024;  ///< bytes

/// Returns what keeps a text from being a tag; an empty text when nothing does. `${step}` and
/// `${epoch}` count as numbers of any length, so what is sound as written is sound in the run.
std::string problem_with_tag(std::string_view tag);

}  // namespace assay::plan
