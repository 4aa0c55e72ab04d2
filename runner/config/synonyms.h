// What other programs call things, for those who come from them.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace assay::config {

/// The candidate that is meant by an abbreviation or another program's name, `lr` for
/// `learning_rate`; empty when none is. The word in lower case.
std::string synonym(std::string_view word, std::span<const std::string> candidates);

}  // namespace assay::config
