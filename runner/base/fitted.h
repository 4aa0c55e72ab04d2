// Lays out lines that contain external texts (tags, names, paths) for the terminal.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::base {

/// The width of the terminal to fit lines to; nothing for a file or a pipe, which get whole lines.
using Columns = std::optional<int>;

/// Returns the width of the terminal that is standard output.
Columns output_columns();

/// Returns the text cut to this many columns, with "..." at the end if something is missing.
std::string cut(std::string_view text, std::size_t columns);

/// Returns the line, wrapped at blanks to the terminal's width and continued with an indentation of
/// `indent` columns. A word that is wider than the terminal is broken too.
std::string wrapped(std::string_view line, Columns columns, std::size_t indent);

/// Returns "  label  text" for each pair, with the texts in one column. A label that is too long
/// for the terminal is cut if its text then fits; otherwise only its own text moves to the right.
std::vector<std::string> labelled(const std::vector<std::pair<std::string, std::string>>& pairs,
                                  Columns columns);

}  // namespace assay::base
