// Lines laid out for the width of the terminal that they are shown on.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::base {

/// The width of the terminal that lines are fitted to; nothing where they go to a file or a pipe,
/// which get them whole.
using Columns = std::optional<int>;

/// Returns the text cut to so many columns, with "..." at its end where something is missing.
std::string cut(std::string_view text, std::size_t columns);

/// Returns the line, broken at blanks where the terminal ends and continued `indent` columns from
/// the left, or fewer where a word fits only so. A word is broken only if it is wider than the
/// terminal.
std::string wrapped(std::string_view line, Columns columns, std::size_t indent);

/// Returns the lines of a message, each wrapped as above, but no word is ever broken: it may be a
/// path or a command, which people copy. Neither are the first `prefix` bytes, nor what stands
/// between backquotes.
std::string wrapped_words(std::string_view message, Columns columns, std::size_t indent,
                          std::size_t prefix = 0);

/// Returns "  label  text" for each pair, the texts in one column. A label that is too long for the
/// terminal is cut where its text fits then; else only its own text moves to the right.
std::vector<std::string> labelled(const std::vector<std::pair<std::string, std::string>>& pairs,
                                  Columns columns);

}  // namespace assay::base
