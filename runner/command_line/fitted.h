// Lines that others' texts (tags, names, paths) are part of, laid out for where they are shown.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::command_line {

/// The width of the terminal that lines are fitted to; nothing where they go to a file or a pipe,
/// which get them whole.
using Columns = std::optional<int>;

/// Returns the width of the terminal that standard output is.
Columns output_columns();

/// Returns the text cut to so many columns, with "..." at its end where something is missing.
std::string cut(std::string_view text, std::size_t columns);

/// Returns the line, broken at blanks where the terminal ends and continued `indent` columns from
/// the left. A word that is wider than the terminal is broken, too.
std::string wrapped(std::string_view line, Columns columns, std::size_t indent);

/// Returns "  label  text" for each pair, the texts in one column. A label that is too long for the
/// terminal is cut where its text fits then; else only its own text moves to the right.
std::vector<std::string> labelled(const std::vector<std::pair<std::string, std::string>>& pairs,
                                  Columns columns);

}  // namespace assay::command_line
