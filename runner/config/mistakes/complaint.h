// Explains what is wrong with the structure of a text that the parser only rejects.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "runner/config/source.h"

namespace assay::config {

/// A complaint about text[begin, end).
struct Complaint {
  std::size_t begin = 0, end = 0;
  std::string message;
  std::string hint;
};

/// Explains why the parser fails at text[at] in block context. Returns nothing if the text looks
/// like none of the usual mistakes.
std::optional<Complaint> complaint_of_lines(std::string_view text, std::size_t at);

/// Complains about a list or map in brackets or braces, opened by text[open] at `opened`, that
/// continues at text[at] without a comma. `close` is the character that would close it.
Complaint complaint_of_brackets(std::string_view text, std::size_t open, std::size_t at, char close,
                                const Location& opened);

/// Complains about a bracket or brace at text[at] that closes nothing. `place` converts an offset.
Complaint complaint_of_closing(std::string_view text, std::size_t at,
                               const std::function<Location(std::size_t)>& place);

/// Suggests what the writer of a key without a ':' after it may have meant: `steps:3`, `steps = 3`.
/// Empty if it looks like neither.
std::string hint_for_key(std::string_view key);

}  // namespace assay::config
