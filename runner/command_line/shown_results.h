// Prints the results of runs as the options of a command wish.
#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runner/batch/run_list.h"

namespace assay::command_line {

/// The options that choose what a table shows.
struct Shown {
  std::string sort;
  bool ascending = false, descending = false;
  std::vector<std::string> over, columns, where;
  std::string format = "table";
};

/// Adds --sort, --ascending, --descending and --over.
void add_shown(CLI::App& command, Shown& shown);

/// Prints the results. Without columns to choose, a table for people has what varies, states,
/// values and reasons of failures; it ends after `most` rows with a line that says how many more
/// there are. Throws assay::Error for a column that does not exist.
void print_results(const batch::RunList& list, const Shown& shown,
                   std::optional<std::size_t> most = {});

}  // namespace assay::command_line
