// Describes parameters in words: "a number of at least 0 and below 1".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/parameter.h"

namespace assay::plan {

/// Returns the values that a config may give the parameter, as words that follow "expected".
std::string expectation(const Parameter& parameter);
/// Returns the same for one element of a list.
std::string element_expectation(const Parameter& parameter);
/// Returns a placeholder for its value: "NUMBER".
std::string placeholder(const Parameter& parameter);

/// Returns the words of a choice.
std::vector<std::string> words(const char* choices);

/// Returns "hook", "gradient transform".
std::string in_words(Kind kind);
/// Returns "a hook", "an optimizer".
std::string with_article(Kind kind);
/// Returns "hooks", "losses".
std::string plural(Kind kind);

}  // namespace assay::plan
