// Terms of other programs, for users who come from them.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace assay::config {

/// Returns the candidate that an abbreviation or another program's name stands for, such as `lr`
/// for `learning_rate`; empty if there is none. `word` must be in lower case.
std::string synonym(std::string_view word, std::span<const std::string> candidates);

/// Returns advice about a key that other programs have and Assay does not need, such as `device`;
/// empty for any other key.
std::string_view explanation(std::string_view key);

}  // namespace assay::config
