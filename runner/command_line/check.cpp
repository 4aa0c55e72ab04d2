// `assay check`: checks that configs would run, and shows what they would do. It creates everything
// that `assay run` creates before its first step, but no file.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "assay/number_text.h"
#include "runner/command_line/arguments.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/load_plan.h"
#include "runner/command_line/overview.h"
#include "runner/command_line/report.h"
#include "runner/command_line/usage_error.h"
#include "runner/command_line/wrapped_output.h"
#include "runner/picture/load_painter.h"
#include "runner/plugin_host/search_path.h"
#include "runner/run/opening.h"
#include "runner/run/prepared.h"

namespace assay::command_line {
namespace {

// Checks one config. If it is one of several, it also prints the config's name with the number of
// errors, because problems with arguments do not show which config they concern.
int check(const Common& common, const ConfigArguments& arguments, bool one_of_several) {
  const std::string config = config_of(arguments.config);
  config::Diagnostics diagnostics;
  plugin_host::PluginHost host = make_plugin_host(common);  // separate: its kernels may differ
  const auto prepared = prepare(common, config, arguments.overrides, host, diagnostics);
  if (prepared) {
    const auto& [plan, experiment] = *prepared;
    if (experiment.draws_pictures)
      picture::load_painter(plugin_host::program_places().private_libraries);
    std::cout << fmt::format(
                     "{}\n{}\n",
                     base::wrapped(fmt::format("{} ({})", plan.name, config), output_columns(), 2),
                     overview(plan, experiment, host, output_columns()))
              << std::flush;
    if (run::finds_its_run(plan))
      std::cout << fmt::format("run: {} {}\n", plan.run_dir, run::foreseen(*prepared, host))
                << std::flush;
  }
  report(common, diagnostics, config);
  const auto told = diagnostics.sorted();
  const auto errors = std::ranges::count(told, Severity::error, &config::Diagnostic::severity);
  if (errors > 0 && one_of_several && !common.json)
    std::cerr << fmt::format("{}: {}\n", config, counted(errors, "error"));
  return prepared ? done : usage_error;
}

int check_all(const Common& common, const std::vector<std::string>& arguments) {
  int code = done;
  bool first = true;
  const std::vector<ConfigArguments> configs = configs_alike(arguments);
  for (const ConfigArguments& config : configs) {
    if (!first) std::cout << '\n';
    first = false;
    try {
      code = std::max(code, check(common, config, configs.size() > 1));
    } catch (const std::exception& error) {
      report(common, error);
      code = std::max(code, exit_code_of(error));
    }
  }
  return code;
}

}  // namespace

void declare_check(CLI::App& app, const Common& common, Chosen& chosen) {
  const auto arguments = std::make_shared<std::vector<std::string>>();
  CLI::App* command =
      app.add_subcommand("check", "Find all errors of configs, and show what they would do when");
  command
      ->add_option("CONFIG", *arguments,
                   "Configs or run folders; and key=value, which sets a key in all of them")
      ->required();
  command->footer(
      "Trains nothing and writes nothing. The exit code is 2 if a config has errors.\n"
      "Example:\n  assay check configs/*.yaml train.epochs=10");
  command->callback(
      [&, arguments] { chosen = [&, arguments] { return check_all(common, *arguments); }; });
}

}  // namespace assay::command_line
