// Lays lines out for the terminal that this process writes to.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "runner/base/fitted.h"

namespace assay::command_line {

/// Returns the width of the terminal on standard output.
base::Columns output_columns();
/// Returns the width of the terminal on standard error.
base::Columns error_columns();

/// Prints the lines of a text, each wrapped at blanks to the terminal on standard output.
void print_wrapped(std::string_view text, std::size_t indent);

/// Returns the column where the texts of a help begin, after the names of options.
std::size_t text_column_of_help(base::Columns columns);
/// Returns the help with its texts wrapped. Examples are commands, which stay whole.
std::string wrapped_help(std::string_view help, base::Columns columns);

}  // namespace assay::command_line
