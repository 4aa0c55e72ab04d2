// Parameters in words: "a number of at least 0 and below 1".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assay/parameter.h"

namespace assay::plan {

/// What a config may say for it, after "expected".
std::string expectation(const Parameter& parameter);
/// The same for one element of a list.
std::string element_expectation(const Parameter& parameter);
/// What to write in its place: "NUMBER".
std::string placeholder(const Parameter& parameter);

/// The words of a choice.
std::vector<std::string> words(const char* choices);

/// "a hook", "an optimizer".
std::string with_article(Kind kind);
/// "hooks", "losses".
std::string plural(Kind kind);

}  // namespace assay::plan
