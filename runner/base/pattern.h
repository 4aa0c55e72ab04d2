// Patterns of names: each `*` stands for any text, also for none. All other characters stand for
// themselves.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace assay::base {

/// Returns the texts that the stars stand for, from left to right; nothing if the pattern does not
/// fit the whole text. Of several ways to fit, each star takes as little as it can, the first one
/// first.
std::optional<std::vector<std::string>> match(std::string_view pattern, std::string_view text);

/// Returns the pattern with these texts in place of its stars. There are as many texts as stars.
std::string filled(std::string_view pattern, const std::vector<std::string>& texts);

}  // namespace assay::base
