// `assay resume`: continues a run that was stopped, was killed, or failed, or makes one longer.
#include "runner/command_line/resume.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "assay/number_text.h"
#include "runner/base/digest.h"
#include "runner/base/words.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/interrupt_watch.h"
#include "runner/command_line/load_plan.h"
#include "runner/command_line/report.h"
#include "runner/command_line/signals.h"
#include "runner/command_line/usage_error.h"
#include "runner/plan/canonical.h"
#include "runner/plan/load.h"
#include "runner/run/checkpoints.h"
#include "runner/run/run_folder.h"
#include "runner/run/run_record.h"
#include "runner/run/same_run.h"

namespace assay::command_line {
namespace {

namespace fs = std::filesystem;

int exit_code_of(run::Ending ending) {
  switch (ending) {
    case run::Ending::done: return done;
    case run::Ending::partly_failed: return partly_failed;
    case run::Ending::stopped: return by_signal + stop_signal().load();
    case run::Ending::failed: return run_failed;
  }
  return run_failed;
}

void check_is_run(const std::string& folder) {
  std::error_code error;
  const fs::file_status status = fs::status(folder, error);
  if (fs::exists(status) && !fs::is_directory(status))
    throw UsageError(fmt::format(
        "{}: expected a run folder; `assay run` makes them, and this is a file", folder));
  if (status.type() == fs::file_type::not_found)
    throw UsageError(fmt::format("{}: expected a run folder; `assay run` makes them", folder));
  if (!error) static_cast<void>(fs::exists(fs::path(folder) / "run.json", error));
  if (error) throw UsageError(fmt::format("{}: cannot be entered: {}", folder, error.message()));
  if (!fs::exists(fs::path(folder) / "run.json", error))
    throw UsageError(fmt::format(
        "{}: it has no run.json, so it is not a run folder; `assay run` makes them", folder));
}

// Returns the record of a run that no process runs any more.
run::RunRecord record_of_ended(const fs::path& folder) {
  const run::RunState run = run::read_run_state(folder);
  if (run.lock == run::Lock::held)
    throw Error(fmt::format("{}: this run is still running, so there is nothing to resume",
                            folder.string()));
  return run.record;
}

// Returns true if nothing is left to do, and says so.
bool is_finished(const fs::path& folder, const run::RunRecord& record) {
  if (record.state != "finished" || !record.complete) return false;
  run::RunFolder::clean(folder);
  std::cout << fmt::format(
      "{}: this run is finished after {}, so nothing is left to do; a "
      "setting with more train.epochs or train.steps makes it longer\n",
      base::shown_path(folder), counted(record.steps, "step"));
  return true;
}

// Returns true if plan.yaml is another plan than the one that the run had, or none any more. What
// cannot change the result does not count; then it says that the text was changed.
bool has_another_plan(const Common& common, const fs::path& folder, const run::RunRecord& record) {
  const std::string path = (folder / "plan.yaml").string();
  const auto written = record.files.find("plan.yaml");
  if (written != record.files.end() && base::file_digest(path) == written->second) return false;
  config::Diagnostics diagnostics;
  plugin_host::PluginHost host = make_plugin_host(common);
  const auto plan = plan::load(path, {}, host, diagnostics);
  if (!plan || plan::digest(*plan) != record.plan_digest) return true;
  if (written != record.files.end())
    report(common,
           fmt::format("{}: its text was changed or damaged since the run wrote it, in what does "
                       "not change the result",
                       base::shown_path(path)),
           config::Severity::warning);
  return false;
}

// Throws because the run has no checkpoint to go on from.
[[noreturn]] void no_checkpoint(const fs::path& folder, std::vector<std::string> problems,
                                std::string_view instead) {
  problems.push_back(
      fmt::format("{}: it has no whole checkpoint to resume from{}; to run it again: "
                  "{}",
                  base::shown_path(folder), instead, command_to_repeat(folder.string())));
  throw run::Refused(std::move(problems));
}

// Returns the checkpoint to resume from. Throws Refused if the run has checkpoints, but none of
// them is whole.
run::Found found_in(const fs::path& folder, const run::RunRecord& record) {
  run::Found found = run::find_checkpoint(base::Folder(folder), run::plan_digests(record));
  if (found.step || found.damaged.empty()) return found;
  std::vector<std::string> problems;
  for (const auto& [step, problem] : found.damaged) problems.push_back(problem);
  no_checkpoint(folder, std::move(problems), "");
}

struct Arguments {
  std::string folder;
  std::vector<std::string> settings;
  bool force = false;
  bool describe = false;
};

// Returns the settings with --kernels, which may change only with --force.
std::vector<std::string> settings_of(const Common& common, const Arguments& arguments,
                                     const run::RunRecord& record) {
  std::vector<std::string> settings = arguments.settings;
  if (!common.instructions || name_of(*common.instructions) == record.kernels) return settings;
  if (!arguments.force)
    throw UsageError(
        fmt::format("--kernels {}: this run continues with the kernels that it began with, {}; "
                    "leave the option out",
                    name_of(*common.instructions), record.kernels));
  settings.push_back(fmt::format("kernels={}", name_of(*common.instructions)));
  return settings;
}

int resume(const Common& common, const Arguments& arguments) {
  const std::string& folder = arguments.folder;
  check_is_run(folder);
  catch_signals();
  const run::RunRecord record = record_of_ended(folder);
  run::GoingOn how{{}, settings_of(common, arguments, record), arguments.force};
  const bool is_over = record.state == "finished" && record.complete;
  if (is_over && how.settings.empty() && !how.force && !has_another_plan(common, folder, record)) {
    if (record.altered)
      report(common,
             fmt::format("{}: {}", base::shown_path(fs::path(folder) / "run.json"),
                         run::altered_record),
             config::Severity::warning);
    is_finished(folder, record);
    return done;
  }
  how.found = found_in(folder, record);
  if (!how.found.step)
    no_checkpoint(folder, {},
                  run::checkpoint_steps(base::Folder(folder)).empty() ? "" : ", only weights");
  base::GitQuery git;
  end_together_with(git.process());
  config::Diagnostics diagnostics;
  plugin_host::PluginHost host = make_plugin_host(common);
  answer_interrupts_with("stopping after this step");
  Console console(common, arguments.describe);
  const auto run =
      run::Run::open(folder, {host, console, git, stop_signal(), checkpoint_requests()},
                     diagnostics, std::move(how));
  report(common, diagnostics, config_of(folder));
  if (!run) return usage_error;
  return train(*run, console);
}

}  // namespace

int train(run::Run& run, Console& console) {
  console.on_lost([&run](const std::string& message) { run.lost(message); });
  const InterruptWatch interrupt_watch;
  const run::Ending ending = run.train();
  console.on_lost({});
  return exit_code_of(ending);
}

int go_on(const Common& common, run::Prepared prepared, plugin_host::PluginHost& host,
          base::GitQuery& git, bool describe_after, const std::string& warnings) {
  const fs::path path = fs::absolute(prepared.plan.run_dir);
  const run::RunRecord record = record_of_ended(path);
  // A config that means another run is refused below, with the keys that differ.
  if (record.plan_digest == plan::digest(prepared.plan) && is_finished(path, record)) return done;
  run::GoingOn how{found_in(path, record)};
  answer_interrupts_with("stopping after this step");
  Console console(common, describe_after);
  const auto run = run::Run::open(std::move(prepared), run::RunFolder::open(path),
                                  {host, console, git, stop_signal(), checkpoint_requests()},
                                  warnings, std::move(how));
  return train(*run, console);
}

void declare_resume(CLI::App& app, const Common& common, Chosen& chosen) {
  const auto a = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "resume", "Continue a run that was stopped, was killed, or failed, or make one longer");
  command->add_option("RUN_DIR", a->folder, "The folder of the run")->required();
  command->add_option("SETTING", a->settings,
                      "key=value sets a key of the plan, as train.epochs=5000, which makes the run "
                      "longer");
  command->add_flag("--force", a->force,
                    "Continue although the run would be another one, and record the differences");
  command->add_flag("--describe", a->describe, "At the end, print the model with its weights");
  command->footer(
      "The run continues from its newest whole checkpoint, and becomes the run that it would have\n"
      "been. A config with `resume: true` and a fixed run_dir does the same when it is run again.\n"
      "With another length it becomes the run that would have had that length from the start.\n"
      "\nExample:\n  assay resume runs/digits/20261103-141500 train.epochs=5000");
  command->callback([&, a] { chosen = [&, a] { return resume(common, *a); }; });
}

}  // namespace assay::command_line
