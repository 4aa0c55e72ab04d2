// What is wrong with the shape of a text, where the parser only says that it cannot go on.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "runner/config/source.h"

namespace assay::config {

/// About text[begin, end).
struct Complaint {
  std::size_t begin = 0, end = 0;
  std::string message;
  std::string hint;
};

/// The parser stumbles over something at text[at] in a block of lines. Nothing when this looks like
/// none of the usual mistakes.
std::optional<Complaint> complaint_of_lines(std::string_view text, std::size_t at);

/// A list or map in brackets or braces, open since text[open] at `opened`, goes on with text[at]
/// without a comma. `close` is what would close it.
Complaint complaint_of_brackets(std::string_view text, std::size_t open, std::size_t at, char close,
                                const Location& opened);

/// A bracket or brace at text[at] closes what is not open. `place` tells where an offset is.
Complaint complaint_of_closing(std::string_view text, std::size_t at,
                               const std::function<Location(std::size_t)>& place);

/// What the writer of a key without a ':' behind it may have meant: `steps:3`, `steps = 3`. Empty
/// when it looks like neither.
std::string hint_for_key(std::string_view key);

}  // namespace assay::config
