// `assay runs`: shows runs as a table or a picture: those of a batch, or all in a folder.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "assay/number_text.h"
#include "runner/batch/run_list.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/report.h"
#include "runner/command_line/sheet_options.h"
#include "runner/command_line/shown_results.h"
#include "runner/command_line/usage_error.h"
#include "runner/command_line/wrong_command_line.h"

namespace assay::command_line {
namespace {

struct RunsArguments {
  std::string folder = "runs";
  Shown shown;
  SheetOptions sheet;
};

bool has_options_of_table(const Shown& shown) {
  return shown.ascending || shown.descending || !shown.sort.empty() || !shown.over.empty() ||
         !shown.columns.empty() || !shown.where.empty() || shown.format != "table";
}

int show_runs(const Common& common, const RunsArguments& a) {
  namespace fs = std::filesystem;
  const batch::RunList list = batch::list_runs(fs::absolute(a.folder).lexically_normal());
  if (list.damaged > 0)
    report(common,
           fmt::format("{} left out: run.json cannot be read; assay verify tells why",
                       list.damaged == 1 ? "1 run folder was"
                                         : counted(list.damaged, "run folder") + " were"),
           Severity::warning);
  if (a.sheet.file.empty()) {
    print_results(list, a.shown);
    return done;
  }
  if (has_options_of_table(a.shown))
    throw UsageError(
        "runs: --sheet draws a picture of all runs, and takes no options of the table: --where, "
        "--sort, --ascending, --descending, --over, --columns, --format");
  write_sheet(list.batch, list.statuses, a.sheet);
  return done;
}

}  // namespace

void declare_runs(CLI::App& app, const Common& common, Chosen& chosen) {
  const auto a = std::make_shared<RunsArguments>();
  CLI::App* command =
      app.add_subcommand("runs", "Show the results of a batch, or of a folder of runs");
  command->add_option("DIR", a->folder, "The folder of a batch, or one with run folders (runs)");
  command
      ->add_option("--where", a->shown.where,
                   "Only runs for which this holds: 'test.accuracy>0.9', state=failed, seed!=0; "
                   "if it is given several times, all must hold")
      ->type_name("CONDITION")
      ->allow_extra_args(false);
  add_shown(*command, a->shown);
  command
      ->add_option(
          "--columns", a->shown.columns,
          "Only these columns; beside those that are shown there are name, weights_digest, "
          "key, start, end, training_seconds, threads, attempts, host, reason, folder, "
          "again")
      ->delimiter(',')
      ->type_name("NAMES")
      ->allow_extra_args(false);
  command->add_option("--format", a->shown.format, "table, csv, json or markdown")
      ->check(one_of({"table", "csv", "json", "markdown"}))
      ->type_name("FORMAT");
  add_sheet_options(*command, a->sheet);
  command->footer(
      "A column may be named by its tag, by the value that it shows (test.accuracy), or by the "
      "end\n"
      "of a key (learning_rate).\n"
      "Examples:\n"
      "  assay runs batches/digits/20261130-141500 --sort test.accuracy --over seed\n"
      "  assay runs runs --where state=failed --columns name,reason\n"
      "  assay runs batches/digits/20261130-141500 --sheet digits.png");
  command->callback([&, a] { chosen = [&, a] { return show_runs(common, *a); }; });
}

}  // namespace assay::command_line
