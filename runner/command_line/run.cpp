// `assay run`: from a config to a run folder.

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/model_tree.h"
#include "runner/command_line/signals.h"
#include "runner/command_line/summary.h"
#include "runner/command_line/terminal.h"
#include "runner/picture/load.h"
#include "runner/plan/load.h"
#include "runner/plugin_host/search_path.h"
#include "runner/run_folder/run_folder.h"
#include "runner/run_folder/run_record.h"
#include "runner/run_folder/weights.h"
#include "runner/train/experiment.h"
#include "runner/train/trainer.h"
#include "runner/version.h"

namespace assay::command_line {
namespace {

using Clock = std::chrono::system_clock;

// The run as it is written down, from its start to its end.
class Record {
 public:
  Record(const plan::Plan& plan, const train::Experiment& experiment,
         const plugin_host::PluginHost& host, Clock::time_point start) {
    const train::Lanes lanes(experiment.batches->batch_size(), experiment.network->rule());
    record_.name = plan.name;
    record_.state = "running";
    record_.start = start;
    record_.version = ASSAY_VERSION;
    record_.sdk = plugin_host::host_stamp().sdk;
    record_.kernels = name_of(host.instructions());
    record_.seed = plan.seed;
    record_.threads = experiment.team->size();
    record_.lanes = lanes.count();
    record_.block_rows = lanes.block_rows();
    record_.plan_digest = run_folder::digest(plan::without_irrelevant(plan));
    record_.total_steps = experiment.steps;
    for (const plugin_host::FoundLibrary* library : host.opened())
      record_.plugins.push_back({library->stamp.plugin, library->stamp.version,
                                 library->file.string(), run_folder::file_digest(library->file)});
  }

  run_folder::RunRecord& operator*() { return record_; }
  run_folder::RunRecord* operator->() { return &record_; }

 private:
  run_folder::RunRecord record_;
};

logging::Paint painter_for(const train::Experiment& experiment) {
  if (!experiment.draws_pictures) return {};
  std::shared_ptr<picture::Painter> painter =
      picture::load(plugin_host::places().private_libraries);
  return [painter](const logging::Picture& picture, PictureFormat format) {
    return picture.renderer.call([&](const Renderer& renderer) {
      return painter->paint(renderer, picture.snapshot.view(), format, 1.0);
    });
  };
}

std::string_view state_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::finished: return "finished";
    case Outcome::stopped: return "stopped";
    case Outcome::failed: return "failed";
  }
  return {};
}

int exit_code(const train::Result& result, bool failures) {
  if (result.outcome == Outcome::stopped) return by_signal + stop_signal().load();
  if (result.outcome == Outcome::failed) return run_failed;
  return failures ? partly_failed : done;
}

int execute(const plan::Plan& plan, train::Experiment& experiment, plugin_host::PluginHost& host,
            const std::string& config_text, bool describe_after) {
  const auto paint = painter_for(experiment);
  const Clock::time_point start = Clock::now();
  const auto folder = run_folder::RunFolder::create(plan.run_dir, start);
  run_folder::write_atomically(folder.file("plan.yaml"), plan.yaml);
  run_folder::write_atomically(folder.file("config.yaml"), config_text);
  Record record(plan, experiment, host, start);
  run_folder::write_run_record(folder.file("run.json"), *record);
  run_folder::RunLog run_log(folder.file("log.txt"));
  run_log.write(fmt::format("assay {} runs {}: {} steps, {} threads, {} kernels", ASSAY_VERSION,
                            plan.name, experiment.steps, record->threads, record->kernels));

  StandardTerminal terminal;
  const auto report = [&](const std::string& message) {
    run_log.write("error: " + message);
    terminal.status({});
    std::cerr << "assay: error: " << message << std::endl;
  };
  terminal.print(opening_lines(plan, experiment, host, folder.path()));
  catch_signals();

  logging::RunInfo info{plan.name, folder.path(), 0, experiment.steps,
                        std::chrono::duration<double>(start.time_since_epoch()).count()};
  logging::Log log(logging::Loggers(std::move(experiment.loggers), info, terminal, report), paint,
                   [&](std::string_view name) { return folder.image(name).string(); });
  hooks::Hooks hooks(std::move(experiment.hooks), experiment.metric_names, experiment.splits,
                     *experiment.network, log, experiment.batches->steps_per_epoch(), report);
  train::Trainer trainer({*experiment.splits.at("train"), *experiment.batches, *experiment.network,
                          *experiment.update, hooks, experiment.splits, log, stop_signal()},
                         experiment.steps, plan.train.on_nan);
  train::Result result;
  try {
    result = trainer.run();
  } catch (const std::exception& error) {
    result = {Outcome::failed, error.what(), 0};
  }
  log.finish(result.outcome);

  record->failures = hooks.failures();
  record->failures.insert(record->failures.end(), log.failures().begin(), log.failures().end());
  const auto weights = train::named_tensors(experiment.network->description(),
                                            std::as_const(*experiment.network).weights());
  record->state = state_name(result.outcome);
  record->reason = result.reason;
  record->end = Clock::now();
  record->steps = result.steps;
  record->training_seconds = result.seconds;
  record->waited_for_logging_seconds = log.waited_seconds();
  record->final_values = log.last_values();
  record->weights_digest = run_folder::digest(weights);
  try {
    run_folder::write_weights(folder.checkpoint(result.steps), weights,
                              {{"step", std::to_string(result.steps)}, {"format", "assay"}});
    run_folder::write_run_record(folder.file("run.json"), *record);
  } catch (const Error& error) {
    report(error.what());
    record->failures.emplace_back(error.what());
  }
  if (result.outcome == Outcome::failed) report(result.reason);
  run_log.write(
      fmt::format("{} after {} steps, {:.3f} s", record->state, result.steps, result.seconds));
  if (describe_after)
    terminal.print(model_tree(plan.model.type, experiment.network->description(),
                              std::as_const(*experiment.network).weights()));
  terminal.print(closing_lines(*record, folder.path()));
  return exit_code(result, !record->failures.empty());
}

}  // namespace

int run(const Common& common, const std::string& config, const std::vector<std::string>& overrides,
        bool describe_after) {
  config::Diagnostics diagnostics;
  plugin_host::PluginHost host = make_plugin_host(common);
  const auto plan = plan::load(config, overrides, host, diagnostics);
  std::optional<train::Experiment> experiment;
  if (plan) experiment = train::make_experiment(*plan, host, diagnostics);
  if (!experiment) {
    std::cerr << diagnostics.text(error_colours());
    return usage_error;
  }
  std::ifstream file(config, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return execute(*plan, *experiment, host, text, describe_after);
}

}  // namespace assay::command_line
