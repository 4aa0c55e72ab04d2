#include "runner/command_line/shown_results.h"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <utility>

#include "assay/number_text.h"
#include "runner/base/words.h"
#include "runner/batch/filter.h"
#include "runner/batch/results.h"
#include "runner/batch/table.h"

namespace assay::command_line {
namespace {

using batch::Table;

void print(const Table& table, const std::string& format) {
  if (format == "csv") std::cout << batch::as_csv(table);
  else if (format == "json") std::cout << batch::as_json(table);
  else if (format == "markdown") std::cout << batch::as_markdown(table);
  else std::cout << batch::as_text(table);
}

// Returns the columns that are shown unless others are chosen. `results` are a part of all columns.
std::vector<std::string> usual_columns(const Table& results, const batch::RunList& list,
                                       bool is_for_people) {
  std::vector<std::string> columns;
  if (!list.is_batch) columns.emplace_back("name");
  for (const std::string& column : results.columns) {
    const bool is_for_programs = column == "weights_digest" || column == "key";
    if ((is_for_people && is_for_programs) || (!list.is_batch && column == "key")) continue;
    columns.push_back(column);
  }
  const auto has_reason = [](const batch::Status& status) { return !status.reason.empty(); };
  if (is_for_people && std::ranges::any_of(list.statuses, has_reason))
    columns.emplace_back("reason");
  return columns;
}

}  // namespace

void add_shown(CLI::App& command, Shown& shown) {
  command
      .add_option("--sort", shown.sort,
                  "Sort the table by this column: the best first if it is known what is better, "
                  "else the smallest")
      ->type_name("COLUMN");
  CLI::Option* const ascending =
      command.add_flag("--ascending", shown.ascending, "The smallest first");
  command.add_flag("--descending", shown.descending, "The largest first")->excludes(ascending);
  command.add_option("--over", shown.over, "Mean and deviation over the values of this key")
      ->delimiter(',')
      ->type_name("KEY")
      ->allow_extra_args(false);
}

void print_results(const batch::RunList& list, const Shown& shown,
                   std::optional<std::size_t> most) {
  const bool is_for_people = shown.format == "table";
  const Table results = batch::results(list.batch, list.statuses);
  Table table = batch::side_by_side(results, batch::circumstances(list.batch, list.statuses));
  std::vector<batch::Condition> conditions;
  for (const std::string& text : shown.where) conditions.push_back(batch::read_condition(text));
  batch::keep(table, conditions);
  const std::vector<std::string> usual = usual_columns(results, list, is_for_people);
  if (!shown.over.empty()) {
    if (shown.columns.empty()) table = batch::with_columns(table, usual);
    table = batch::over(table, shown.over, list.batch.keys);
  }
  if (!shown.sort.empty())
    batch::sort(
        table, shown.sort,
        shown.ascending || shown.descending ? std::optional(shown.descending) : std::nullopt);
  if (!shown.columns.empty()) table = batch::with_columns(table, shown.columns);
  else if (shown.over.empty()) table = batch::with_columns(table, usual);
  const std::size_t rows = table.rows.size();
  if (most && rows > *most) table.rows.resize(*most);
  print(table, shown.format);
  if (table.rows.size() < rows)
    std::cout << fmt::format("and {} more; assay runs {} shows all\n",
                             grouped(rows - table.rows.size()),
                             base::shell_quoted(base::shown_path(list.batch.folder)));
}

}  // namespace assay::command_line
