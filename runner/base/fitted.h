// Lines laid out for the width of the terminal that they are shown on.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::base {

/// The width of the terminal that lines are fitted to; nothing if they go to a file or a pipe,
/// which gets them whole.
using Columns = std::optional<int>;

/// Returns the text cut to this many columns, with "..." at its end if something is missing.
std::string cut(std::string_view text, std::size_t columns);

/// Returns the line, broken at blanks where the terminal ends and continued `indent` columns from
/// the left, or fewer if a word only fits then. A word is broken only if it is wider than the
/// terminal.
std::string wrapped(std::string_view line, Columns columns, std::size_t indent);

/// Returns the lines of a message, each wrapped as above, but no word is ever broken: it may be a
/// path or a command, which people copy. The first `prefix` bytes and text between backquotes are
/// not broken either.
std::string wrapped_words(std::string_view message, Columns columns, std::size_t indent,
                          std::size_t prefix = 0);

/// Returns "  label  text" for each pair, the texts in one column. A label that is too long for the
/// terminal is cut if its text fits then; otherwise only its own text moves to the right.
std::vector<std::string> labelled(const std::vector<std::pair<std::string, std::string>>& pairs,
                                  Columns columns);

}  // namespace assay::base
