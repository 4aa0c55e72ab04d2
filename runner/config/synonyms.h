// What other programs call things, for those who come from them.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace assay::config {

/// The candidate that is meant by an abbreviation or another program's name, `lr` for
/// `learning_rate`; empty when none is. The word in lower case.
std::string synonym(std::string_view word, std::span<const std::string> candidates);

/// Returns what to do about a key that other programs have and Assay has no need of, `device`;
/// empty for any other.
std::string_view explanation(std::string_view key);

}  // namespace assay::config
