// `assay work`: runs what waits in a batch, until nothing does.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "runner/base/git_state.h"
#include "runner/base/own_process.h"
#include "runner/batch/batch.h"
#include "runner/batch/run_status.h"
#include "runner/batch/worker.h"
#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/report.h"
#include "runner/command_line/signals.h"
#include "runner/command_line/wrong_command_line.h"

namespace assay::command_line {
namespace {

namespace fs = std::filesystem;
using batch::Batch;
using batch::BatchRun;
using batch::State;
using batch::Status;

struct WorkArguments {
  std::string folder;
  int threads = 1;
  std::int64_t time_limit = 0, memory_limit = 0;
  bool is_quiet = false;
};

int work(const Common& common, const WorkArguments& a) {
  base::end_with_parent();
  catch_signals();
  answer_interrupts_with(a.is_quiet ? "" : "the run saves its state and stops");
  const Batch batch = batch::read_batch(fs::absolute(a.folder).lexically_normal());
  base::GitQuery git;
  batch::WorkOptions options{.threads = a.threads, .time = {}, .memory = {}};
  options.environment = {base::environment_entry(git.answer(base::GitQuery::usual_patience))};
  git.end();
  if (a.time_limit > 0) options.time = std::chrono::seconds(a.time_limit);
  if (a.memory_limit > 0) options.memory = a.memory_limit << 20;
  const auto ended = [&](const BatchRun& run, const Status& status) {
    if (a.is_quiet) return;
    if (status.state == State::failed)
      return report(common, fmt::format("{}: {}", run.name, status.reason));
    if (!status.reason.empty())
      report(common, fmt::format("{}: finished, but {}", run.name, status.reason),
             Severity::warning);
    std::string values;
    if (status.record)
      for (const auto& [tag, value] : status.record->final_values)
        values += fmt::format("  {} {:.5g}", tag, value);
    std::cout << fmt::format("{}  {}{}\n", run.name, batch::name_of(status.state), values)
              << std::flush;
  };
  batch::work(batch, options, stop_signal(), ended);
  return stop_signal().load() != 0 ? by_signal + stop_signal().load() : done;
}

}  // namespace

void declare_work(CLI::App& app, const Common& common, Chosen& chosen) {
  const auto a = std::make_shared<WorkArguments>();
  CLI::App* command = app.add_subcommand("work", "Run what waits in a batch, until nothing does");
  command->add_option("DIR", a->folder, "The folder of the batch")->required();
  command->add_option("--threads", a->threads, "Threads of a run")
      ->type_name("N")
      ->check(at_least_one());
  command->add_option("--time-limit", a->time_limit, "End a run that takes longer")
      ->type_name("SECONDS")
      ->check(at_least_one());
  command->add_option("--memory-limit", a->memory_limit, "The most memory of a run")
      ->type_name("MB")
      ->check(at_least_one());
  command->add_flag("--quiet", a->is_quiet, "Say nothing of the runs that end");
  command->footer(
      "Any number of these may work on a batch, on any number of machines.\n"
      "Example:\n  assay work batches/digits/20261130-141500");
  command->callback([&, a] { chosen = [&, a] { return work(common, *a); }; });
}

}  // namespace assay::command_line
