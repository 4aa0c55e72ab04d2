// Messages about a command line that cannot be parsed. CLI11's own messages hardly say what is
// wrong.
#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <vector>

namespace assay::command_line {

/// Accepts only these words, and says so if it gets another.
CLI::Validator one_of(const std::vector<std::string>& words);

/// Accepts whole numbers from 1 on, and says so if it gets something else.
CLI::Validator at_least_one();

/// Lets no option of the commands take the name of another one for its value, as in `--dir --name
/// x`. To be called when all are declared.
void take_no_options_as_values(CLI::App& app);

/// Says what is wrong with a command line, and what was probably meant. The arguments are all that
/// the program was given.
std::string words_for(const CLI::App& app, const CLI::ParseError& error,
                      std::span<const std::string> arguments);

}  // namespace assay::command_line
