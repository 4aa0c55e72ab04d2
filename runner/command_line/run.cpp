// `assay run`: runs a config and fills a run folder.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runner/base/git_state.h"
#include "runner/base/own_process.h"
#include "runner/base/words.h"
#include "runner/command_line/arguments.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/console.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/load_plan.h"
#include "runner/command_line/report.h"
#include "runner/command_line/resume.h"
#include "runner/command_line/signals.h"
#include "runner/command_line/usage_error.h"
#include "runner/plugin_host/search_path.h"
#include "runner/run/prepared.h"
#include "runner/run/run.h"

namespace assay::command_line {
namespace {

void check_is_config(const std::string& config, const std::vector<std::string>& overrides) {
  std::vector<std::string> arguments = {config};
  arguments.insert(arguments.end(), overrides.begin(), overrides.end());
  check_begins_with_config(arguments);
  std::error_code unreadable;
  if (std::filesystem::is_directory(config, unreadable) &&
      std::filesystem::exists(std::filesystem::path(config) / "plan.yaml", unreadable))
    throw UsageError(
        fmt::format("{}: this is a folder, expected a config file; to repeat that run: {}", config,
                    command_to_repeat(config)));
}

int run(const Common& common, const std::string& config, std::vector<std::string> overrides,
        bool describe_after) {
  base::end_with_parent();
  check_is_config(config, overrides);
  catch_signals();
  base::GitQuery git;  // git takes a while, so start it first
  end_together_with(git.process());
  config::Diagnostics diagnostics;
  plugin_host::PluginHost host = make_plugin_host(common);
  std::optional<run::Prepared> prepared = prepare(common, config, overrides, host, diagnostics);
  if (common.instructions)
    overrides.push_back(fmt::format("kernels={}", name_of(*common.instructions)));
  if (prepared && run::finds_its_run(prepared->plan)) {
    report(common, diagnostics, config);
    return go_on(common, std::move(*prepared), host, git, describe_after, diagnostics.text(false));
  }
  std::optional<run::RunFolder> folder;
  const auto start = std::chrono::system_clock::now();
  answer_interrupts_with("stopping after this step");
  if (prepared) folder = run::make_folder(prepared->plan, start, diagnostics);
  report(common, diagnostics, config);
  if (!folder) return usage_error;

  Console console(common, describe_after);
  const auto run = run::Run::create(std::move(*prepared), std::move(*folder),
                                    {host, console, git, stop_signal(), checkpoint_requests()},
                                    {start, overrides, diagnostics.text(false)});
  return train(*run, console);
}

}  // namespace

void declare_run(CLI::App& app, const Common& common, Chosen& chosen) {
  struct Arguments {
    std::string config;
    std::vector<std::string> overrides;
    bool describe = false;
  };
  const auto a = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("run", "Run the experiment of a config");
  command->add_option("CONFIG", a->config, "The YAML file")->required();
  command->add_option(
      "SETTING", a->overrides,
      "key=value sets a key of the config, as in seed=1; +key=value adds one, ~key removes one");
  command->add_flag("--describe", a->describe, "At the end, print the model with its weights");
  command->footer(
      "Example:\n  assay run configs/digits.yaml train.epochs=100 'model.hidden=[50, 50]'");
  command->callback(
      [&, a] { chosen = [&, a] { return run(common, a->config, a->overrides, a->describe); }; });
}

}  // namespace assay::command_line
