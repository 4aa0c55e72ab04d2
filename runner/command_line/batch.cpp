// `assay batch`: runs many configs, each in a process of its own.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/git_state.h"
#include "runner/base/time_format.h"
#include "runner/base/words.h"
#include "runner/batch/audit.h"
#include "runner/batch/batch.h"
#include "runner/batch/execution.h"
#include "runner/batch/freeze.h"
#include "runner/batch/launcher_choice.h"
#include "runner/batch/results.h"
#include "runner/batch/run_list.h"
#include "runner/batch/table.h"
#include "runner/batch/workers.h"
#include "runner/command_line/arguments.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/load_plan.h"
#include "runner/command_line/report.h"
#include "runner/command_line/screen.h"
#include "runner/command_line/shown_results.h"
#include "runner/command_line/signals.h"
#include "runner/command_line/usage_error.h"
#include "runner/command_line/wrong_command_line.h"

namespace assay::command_line {
namespace {

namespace fs = std::filesystem;
using batch::Batch;
using batch::BatchRun;
using batch::State;
using batch::Status;
using batch::Table;

struct BatchArguments {
  std::vector<std::string> arguments, launcher;
  std::string folder, resume, name;
  int jobs = 0;
  std::size_t trials = 0, max_failures = 0, audit = 0;
  std::uint64_t sweep_seed = 0;
  std::string sampler;
  bool dry_run = false, rerun_failed = false, fail_fast = false, detach = false;
  std::int64_t time_limit = 0, memory_limit = 0;
  Shown shown;
};

bool is_setting(const std::string& argument) {
  return argument == "also" || argument.starts_with('@') || argument.starts_with("zip(") ||
         is_override(argument);
}

// Returns the configs that an argument names: a file, all in a folder, or that of a run folder.
std::vector<std::string> configs_in(const std::string& argument) {
  std::error_code error;
  if (!fs::is_directory(argument, error) || fs::exists(fs::path(argument) / "plan.yaml", error))
    return {config_of(argument)};
  std::vector<std::string> configs;
  for (fs::directory_iterator entry(argument, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string extension = entry->path().extension().string();
    if (extension == ".yaml" || extension == ".yml") configs.push_back(entry->path().string());
  }
  std::ranges::sort(configs);
  if (configs.empty())
    throw UsageError(fmt::format("{}: this folder has neither configs nor a plan.yaml", argument));
  return configs;
}

// Returns a folder that is not there yet, named by the time.
std::string usual_folder(const std::string& name) {
  const std::string folder =
      fmt::format("batches/{}/{}", name,
                  base::formatted_time("%Y%m%d-%H%M%S", std::chrono::system_clock::now()));
  std::string free = folder;
  std::error_code error;
  for (int number = 2; fs::exists(fs::symlink_status(free, error)); ++number)
    free = fmt::format("{}-{}", folder, number);
  return free;
}

batch::Request request_of(const Common& common, const BatchArguments& a) {
  batch::Request request;
  for (const std::string& argument : a.arguments) {
    if (is_setting(argument)) {
      request.arguments.push_back(argument);
      continue;
    }
    for (std::string& config : configs_in(argument)) request.configs.push_back(std::move(config));
  }
  if (request.configs.empty())
    throw UsageError("batch: expected a config, as in assay batch configs/digits.yaml seed=1,2");
  if (a.trials == 0 && !a.sampler.empty())
    throw UsageError("batch: --sampler is for trials; --trials N says how many");
  if (a.trials > 0) {
    request.trials = batch::Trials{a.trials, a.sweep_seed};
    if (!a.sampler.empty()) request.trials->sampler = *batch::sampler_named(a.sampler);
  }
  const fs::path first = request.configs.front();
  request.name = !a.name.empty()                   ? a.name
                 : first.filename() == "plan.yaml" ? first.parent_path().filename().string()
                                                   : first.stem().string();
  const std::string folder = a.folder.empty() ? usual_folder(request.name) : a.folder;
  request.folder = fs::absolute(folder).lexically_normal();
  request.plugin_path = common.plugin_path;
  return request;
}

// Prints what would run.
void print_plan(const batch::Frozen& frozen) {
  const Batch& batch = frozen.batch;
  Table table{{"name"}, {}};
  table.columns.insert(table.columns.end(), batch.keys.begin(), batch.keys.end());
  table.columns.emplace_back("what happens");
  for (const BatchRun& run : batch.runs) {
    std::vector<batch::Cell>& row = table.rows.emplace_back();
    row.push_back(batch::cell(run.name));
    for (const std::string& key : batch.keys) {
      const auto found = std::ranges::find(run.point, key, &batch::Setting::key);
      row.push_back(batch::cell(found == run.point.end() ? "" : found->value));
    }
    row.push_back(batch::cell(!run.done_in.empty() ? "is done in " + base::shown_path(run.done_in)
                              : !run.again.empty() ? "runs again: " + run.again
                                                   : "runs"));
  }
  std::cout << batch::as_text(table);
}

// Tells points that lead to the same run.
void tell_same(const Common& common, const Batch& batch) {
  for (const BatchRun& run : batch.runs)
    for (const std::string& same : run.same)
      report(
          common,
          fmt::format("{} is the same run as {}, to the last bit, and is run once", same, run.name),
          Severity::warning);
}

int exit_code_of(const std::vector<Status>& statuses) {
  int code = done;
  for (const Status& status : statuses) {
    if (status.state != State::finished) return run_failed;
    if (status.record && !status.record->failures.empty()) code = partly_failed;
  }
  return code;
}

std::string count_text(const std::vector<Status>& statuses) {
  std::string text;
  for (const State state :
       {State::finished, State::failed, State::interrupted, State::running, State::waiting}) {
    const auto count = std::ranges::count(statuses, state, &Status::state);
    if (count > 0)
      text +=
          fmt::format("{}{} {}", text.empty() ? "" : ", ", grouped(count), batch::name_of(state));
    const auto partly = std::ranges::count_if(statuses, [](const Status& status) {
      return status.state == State::finished && !status.reason.empty();
    });
    if (state == State::finished && partly > 0)
      text += fmt::format(" ({} with failures)", grouped(partly));
  }
  return text;
}

// Returns how many workers there are to be, and what each may use.
batch::Execution shared_out(const BatchArguments& a, std::size_t waiting,
                            const batch::Workers& workers) {
  std::optional<int> jobs;
  if (a.jobs > 0) jobs = a.jobs;
  else if (workers.size() > 0) jobs = static_cast<int>(workers.size());
  else if (!workers.place().is_this_machine)
    throw UsageError(
        fmt::format("batch: how many workers shall the launcher {} start? Say it with -j N",
                    workers.launcher()));
  batch::Execution execution = batch::shared_out(jobs, waiting, workers.place());
  if (a.fail_fast) execution.max_failures = 1;
  if (a.max_failures > 0) execution.max_failures = a.max_failures;
  if (a.time_limit > 0) {
    execution.limits.insert(execution.limits.end(), {"--time-limit", std::to_string(a.time_limit)});
    // A run that is late has a while to save its state.
    constexpr double later = 15;
    const auto share = (waiting + static_cast<std::size_t>(execution.jobs) - 1) /
                       static_cast<std::size_t>(execution.jobs);
    execution.needs.seconds =
        (static_cast<double>(a.time_limit) + later) * static_cast<double>(share);
  }
  if (a.memory_limit > 0) {
    execution.limits.insert(execution.limits.end(),
                            {"--memory-limit", std::to_string(a.memory_limit)});
    execution.needs.memory = a.memory_limit << 20;
  }
  return execution;
}

// Returns how the launcher was chosen, now or the last time.
std::vector<std::string> choice_of_launcher(const Batch& batch, const BatchArguments& a) {
  return a.launcher.empty() ? batch::last_choice_of_launcher(batch) : a.launcher;
}

// Makes the launcher that was chosen so. Reports problems, and returns nothing then.
std::optional<batch::Workers> workers_of(const Common& common, const Batch& batch,
                                         const std::vector<std::string>& chosen, bool detach,
                                         plugin_host::PluginHost& host) {
  config::Diagnostics diagnostics;
  const auto plan = batch::chosen_launcher(chosen, host, diagnostics);
  report(common, diagnostics);
  if (!plan) return std::nullopt;
  batch::Workers workers(
      batch, host.create<Launcher>(*plan), chosen,
      [&common](const std::string& text) { report(common, text, Severity::warning); });
  for (const std::string& warning : host.warnings()) report(common, warning, Severity::warning);
  if (detach && !workers.place().outlasts_this_process)
    throw UsageError(fmt::format(
        "batch: --detach: the workers of the launcher {} end with this command; take one whose "
        "workers go on",
        plan->type));
  return workers;
}

// The rows of a table for people at the end of a batch.
constexpr std::size_t most_rows = 50;

constexpr const char* answer_to_interrupts = "the runs save their state and stop";

// Runs what waits in a batch, and shows that at a terminal.
void run_waiting(const Common& common, const Batch& batch, const std::vector<Status>& statuses,
                 batch::Execution execution, batch::Workers& workers, std::size_t waiting) {
  std::optional<Screen> screen;
  if (has_screen()) {
    screen.emplace(common, batch, statuses, stop_signal(), answer_to_interrupts);
    // Workers that go on without this command keep their words in files.
    if (!workers.place().outlasts_this_process) execution.limits.emplace_back("--quiet");
    execution.meanwhile = [&screen] { screen->refresh(); };
  }
  if (waiting > 0) {
    workers.start(batch::wanted_workers(batch, execution));
    batch::execute(batch, execution, workers, stop_signal());
  }
  batch::wait_for_others(batch, execution, stop_signal());
  if (screen) screen->finish();
}

void print_table(const Common& common, const batch::RunList& list, const Shown& shown) {
  try {
    print_results(list, shown, most_rows);
  } catch (const Error& error) {  // a column that no run has
    report(common, error);
    print_results(list, {}, most_rows);
  }
}

// Runs some of the finished runs again. Returns true if they came out as before.
bool audit(const Common& common, const Batch& batch, const std::vector<Status>& statuses,
           const BatchArguments& a, plugin_host::PluginHost& host, const std::string& git) {
  const batch::Audit again(batch, statuses, a.audit);
  auto workers = workers_of(common, again.batch(), choice_of_launcher(batch, a), false, host);
  if (!workers) return false;
  const std::size_t runs = again.batch().runs.size();
  std::cout << fmt::format("audit: {} again\n",
                           runs == 1 ? "1 run is run" : counted(runs, "run") + " are run")
            << std::flush;
  batch::Execution execution = shared_out(a, runs, *workers);
  execution.environment = {git};
  execution.max_failures.reset();
  run_waiting(common, again.batch(), batch::statuses_of(again.batch()), std::move(execution),
              *workers, runs);
  if (stop_signal().load() != 0) return false;
  std::size_t alike = 0;
  for (const auto& [name, agrees, words] : again.findings()) {
    if (agrees) ++alike;
    else report(common, fmt::format("audit: {}: {}", name, words));
  }
  std::cout << fmt::format("audit: {} of {} came out with the same weights\n", grouped(alike),
                           counted(runs, "run"));
  return alike == runs;
}

// Runs what waits, and tells how it went.
int run_batch(const Common& common, const Batch& batch, const BatchArguments& a,
              plugin_host::PluginHost& host, base::GitQuery& git) {
  std::optional<batch::Workers> workers =
      workers_of(common, batch, choice_of_launcher(batch, a), a.detach, host);
  if (!workers) return usage_error;
  catch_signals();
  answer_interrupts_with(answer_to_interrupts);
  if (a.rerun_failed)
    for (const BatchRun& run : batch.runs)
      if (batch::status_of(batch, run).state == State::failed) batch::forget_attempt(batch, run);
  const auto before = batch::statuses_of(batch);
  const auto waiting =
      static_cast<std::size_t>(std::ranges::count_if(before, [](const Status& status) {
        return status.state == State::waiting || status.state == State::interrupted;
      }));
  std::cout << fmt::format("batch folder {}\n{}: {}\n", base::shown_path(batch.folder),
                           counted(batch.runs.size(), "run"), count_text(before))
            << std::flush;
  // Git is asked once for all runs.
  const std::string answer = base::environment_entry(git.answer(base::GitQuery::usual_patience));
  git.end();
  batch::Execution execution;
  if (waiting > 0) {
    workers->take_up();
    execution = shared_out(a, waiting, *workers);
  }
  execution.environment = {answer};
  if (waiting > 0 && a.detach) {
    workers->start(batch::wanted_workers(batch, execution));
    std::cout << fmt::format("{} at work; to wait for the results: assay batch --resume {}\n",
                             counted(workers->size(), "worker"),
                             base::shell_quoted(base::shown_path(batch.folder)));
    return done;
  }
  run_waiting(common, batch, before, std::move(execution), *workers, waiting);
  batch::RunList list{batch, batch::statuses_of(batch)};
  batch::write_tables(batch, list.statuses);
  print_table(common, list, a.shown);
  std::cout << count_text(list.statuses) << std::endl;
  const bool is_sound = a.audit == 0 || stop_signal().load() != 0 ||
                        audit(common, batch, list.statuses, a, host, answer);
  if (const int signal = stop_signal().load(); signal != 0) {
    std::cout << fmt::format("to go on: assay batch --resume {}\n",
                             base::shell_quoted(base::shown_path(batch.folder)));
    return by_signal + signal;
  }
  return is_sound ? exit_code_of(list.statuses) : run_failed;
}

int start_batch(const Common& common, const BatchArguments& a) {
  base::GitQuery git;  // git takes a while, so start it first
  if (!a.resume.empty()) {
    if (!a.arguments.empty())
      throw UsageError(
          "batch: --resume goes on with the batch as it was frozen, and takes no configs and "
          "settings");
    for (const auto& [option, given] : {std::pair{"--dry-run", a.dry_run},
                                        {"--dir", !a.folder.empty()},
                                        {"--name", !a.name.empty()},
                                        {"--trials", a.trials > 0}})
      if (given)
        throw UsageError(fmt::format(
            "batch: --resume goes on with the batch as it was frozen, and takes no {}", option));
    const Batch batch = batch::read_batch(fs::absolute(a.resume).lexically_normal());
    plugin_host::PluginHost host = make_plugin_host(common);
    return run_batch(common, batch, a, host, git);
  }
  const batch::Request request = request_of(common, a);
  config::Diagnostics diagnostics;
  plugin_host::PluginHost host = make_plugin_host(common);
  // Another launcher than the one meant would only be noticed when all is frozen.
  const bool is_launcher = batch::chosen_launcher(a.launcher, host, diagnostics).has_value();
  const std::optional<batch::Frozen> frozen = batch::freeze(request, host, diagnostics);
  report(common, diagnostics);
  if (!frozen || !is_launcher) return usage_error;
  tell_same(common, frozen->batch);
  if (a.dry_run) {
    print_plan(*frozen);
    return done;
  }
  return run_batch(common, batch::write(*frozen), a, host, git);
}

}  // namespace

void declare_batch(CLI::App& app, const Common& common, Chosen& chosen) {
  const auto a = std::make_shared<BatchArguments>();
  CLI::App* command = app.add_subcommand("batch", "Run many configs, or one with many settings");
  command->add_option("CONFIG", a->arguments,
                      "Configs, which may have a `sweep`, folders of configs or run folders; and "
                      "settings: key=a,b runs each "
                      "value, key=range(0,5), key=loguniform(1e-4,1e-1), zip(a=1,2,b=3,4), "
                      "@trials.csv; `also` begins another sweep");
  command->add_option("-j,--jobs", a->jobs, "Runs at a time")
      ->type_name("N")
      ->check(at_least_one());
  command
      ->add_option("--launcher", a->launcher,
                   "Where the workers are started: NAME or {type: NAME, ...}; "
                   "--launcher.KEY=VALUE sets one of its options (local)")
      ->type_name("LAUNCHER")
      ->allow_extra_args(false);
  command->add_flag("--detach", a->detach,
                    "Start the workers and end, if those of the launcher go on");
  command->add_option("--dir", a->folder, "The folder of the batch")->type_name("DIR");
  command->add_option("--name", a->name, "The name of the batch")->type_name("NAME");
  command->add_option("--trials", a->trials, "So many runs with settings drawn at random")
      ->type_name("N")
      ->check(at_least_one());
  command->add_option("--sweep-seed", a->sweep_seed, "The seed of these draws")->type_name("N");
  command
      ->add_option("--sampler", a->sampler,
                   "random, or sobol: draws that fill the space of all settings evenly")
      ->check(one_of({"random", "sobol"}))
      ->type_name("NAME");
  command->add_flag("--dry-run", a->dry_run, "Print what would run, and run nothing");
  command->add_option("--resume", a->resume, "Go on with this batch")->type_name("DIR");
  command->add_flag("--rerun-failed", a->rerun_failed, "Run those that failed once more");
  command->add_flag("--fail-fast", a->fail_fast, "End when a run has failed");
  command->add_option("--max-failures", a->max_failures, "End when so many runs have failed")
      ->type_name("N")
      ->check(at_least_one());
  command->add_option("--time-limit", a->time_limit, "End a run that takes longer")
      ->type_name("SECONDS")
      ->check(at_least_one());
  command->add_option("--memory-limit", a->memory_limit, "The most memory of a run")
      ->type_name("MB")
      ->check(at_least_one());
  command
      ->add_option("--audit", a->audit,
                   "At the end, run so many of the finished runs again, drawn at random, and "
                   "compare the weights")
      ->type_name("N")
      ->check(at_least_one());
  add_shown(*command, a->shown);
  command->footer(
      "All plans are checked before the first run begins. Each run is a process of its own. What\n"
      "is finished is not run again.\n"
      "Examples:\n"
      "  assay batch configs/digits.yaml 'seed=range(0,5)' optimizer.learning_rate=0.1,0.2\n"
      "  assay batch --resume batches/digits/20261130-141500");
  command->callback([&, a] { chosen = [&, a] { return start_batch(common, *a); }; });
}

}  // namespace assay::command_line
