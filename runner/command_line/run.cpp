// `assay run`: from a config to a run folder.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "runner/command_line/commands.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/load_plan.h"
#include "runner/command_line/model_tree.h"
#include "runner/command_line/report.h"
#include "runner/command_line/signals.h"
#include "runner/command_line/summary.h"
#include "runner/command_line/terminal.h"
#include "runner/command_line/usage_error.h"
#include "runner/command_line/words.h"
#include "runner/experiment/experiment.h"
#include "runner/experiment/trainer.h"
#include "runner/picture/load.h"
#include "runner/plan/canonical.h"
#include "runner/plugin_host/search_path.h"
#include "runner/run_folder/config_copy.h"
#include "runner/run_folder/run_folder.h"
#include "runner/run_folder/run_log.h"
#include "runner/run_folder/run_record.h"
#include "runner/run_folder/weights.h"
#include "runner/version.h"

namespace assay::command_line {
namespace {

using Clock = std::chrono::system_clock;
using base::Sync;
/// Asked for while the run begins, since git takes its time.
using GitState = std::shared_future<std::optional<base::GitState>>;

run_folder::RunRecord opening_record(const plan::Plan& plan,
                                     const experiment::Experiment& experiment,
                                     const plugin_host::PluginHost& host, Clock::time_point start) {
  const train::Lanes lanes(experiment.batches->batch_size(), experiment.network->rule());
  run_folder::RunRecord record;
  record.name = plan.name;
  record.state = "running";
  record.start = start;
  record.version = ASSAY_VERSION;
  record.sdk = plugin_host::host_stamp().sdk;
  record.kernels = name_of(host.instructions());
  record.seed = plan.seed;
  record.threads = experiment.team->size();
  record.lanes = lanes.count();
  record.block_rows = lanes.block_rows();
  record.plan_digest = plan::digest(plan);
  record.total_steps = experiment.steps;
  for (const plugin_host::FoundLibrary* library : host.opened())
    record.plugins.push_back({library->stamp.plugin, library->stamp.version, library->file.string(),
                              run_folder::file_digest(library->file)});
  return record;
}

logging::Paint painter_for(const experiment::Experiment& experiment) {
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

// One run, from the empty folder to the full one.
class Execution {
 public:
  /// Options, plan and folder are borrowed.
  Execution(const Common& common, const plan::Plan& plan, experiment::Experiment experiment,
            const plugin_host::PluginHost& host, const run_folder::RunFolder& folder,
            Clock::time_point start, const std::vector<std::string>& overrides,
            const config::Diagnostics& warnings, GitState git)
      : common_(common),
        plan_(plan),
        experiment_(std::move(experiment)),
        git_(std::move(git)),
        paint_(painter_for(experiment_)),
        start_(start),
        folder_(folder),
        record_(opening_record(plan, experiment_, host, start_)),
        record_file_(folder_.folder()) {
    record_.overrides = overrides;
    record_.locked = folder_.locked();
    if (git_.wait_for(std::chrono::seconds(0)) == std::future_status::ready)
      record_.git = git_.get();
    base::write_atomically(folder_.folder(), "plan.yaml", plan.yaml, Sync::later);
    run_folder::copy_config(folder_.folder(), *plan.source, plan.sources);
    static_cast<void>(record_file_.write(record_, Sync::later));
    open_log();
    write_log(fmt::format("assay {}", ASSAY_VERSION));
    say(opening_lines(plan, experiment_, host, folder_.path()));
    write_log(warnings.text(false));
    if (!record_.locked)
      report(fmt::format("{}: this file system has no locks, so nobody can tell whether this run "
                         "still lives, or keep another program from writing here",
                         folder_.path().string()),
             Severity::warning);
  }

  int run(bool describe_after) {
    const experiment::Result result = train();
    complete_record();
    if (result.outcome == Outcome::failed) report(result.reason);
    if (describe_after)
      terminal_.print(model_tree(plan_.model.type, description(), [this](std::size_t parameter) {
        return weights().values(parameter);
      }));
    say(closing_lines(record_, folder_.folder()));
    close_log();
    return exit_code(result);
  }

 private:
  const train::ModelDescription& description() const { return experiment_.network->description(); }
  const train::ParameterMemory& weights() const {
    return std::as_const(*experiment_.network).weights();
  }

  void say(const std::string& text) {
    write_log(text);
    terminal_.print(text);
  }

  // Called from the logging thread, too.
  void report(const std::string& message, Severity severity = Severity::error) {
    write_log(fmt::format("{}: {}", name_of(severity), message));
    terminal_.error(problem(common_, severity, message));
  }

  // The run goes on without log.txt where that cannot be made.
  void open_log() {
    try {
      run_log_.emplace(folder_.folder());
    } catch (const Error& error) {
      lost(error.what());
    }
  }

  void write_log(const std::string& text) {
    if (!run_log_) return;
    if (const auto failure = run_log_->write(text)) lost(*failure);
  }

  // The last lines are written after run.json, so what is lost of them is added to it.
  void close_log() {
    if (run_log_)
      if (const auto failure = run_log_->finish()) lost(*failure);
    if (collect_lost()) keep([&] { write_record(Sync::now); });
  }

  // A file, or standard output, does not have all that it should have. Any thread.
  void lost(const std::string& message) {
    {
      const std::lock_guard lock(lost_mutex_);
      lost_.push_back(message);
    }
    report(message);
  }

  // Moves what was lost into the record; returns false where nothing was.
  bool collect_lost() {
    const std::lock_guard lock(lost_mutex_);
    const bool any = !lost_.empty();
    record_.failures.insert(record_.failures.end(), lost_.begin(), lost_.end());
    lost_.clear();
    return any;
  }

  experiment::Result train() {
    const auto told = [this](const std::string& message) { report(message); };
    const logging::RunInfo info{plan_.name, &folder_.folder(), 0, experiment_.steps,
                                std::chrono::duration<double>(start_.time_since_epoch()).count()};
    logging::Log log(
        logging::Loggers(std::move(experiment_.loggers), info, terminal_, told), paint_,
        [this](std::string_view name, std::span<const std::byte> bytes) {
          const run_folder::RunFolder::File file = folder_.image(name);
          base::write_atomically(file.folder, file.name, bytes, Sync::later);
        },
        {}, [this](const std::string& message) { report(message, Severity::warning); },
        {[this, opening = record_](const logging::State& state) { update(opening, state); }});
    hooks::Hooks hooks(std::move(experiment_.hooks),
                       {experiment_.metrics, experiment_.splits, *experiment_.network,
                        *experiment_.update, experiment_.rates},
                       log, {experiment_.steps, experiment_.batches->steps_per_epoch()}, told);
    experiment::Trainer trainer(
        {*experiment_.splits.at("train"), *experiment_.batches, *experiment_.network,
         *experiment_.update, hooks, experiment_.splits, *experiment_.team, log, stop_signal()},
        experiment_.steps, plan_.train.on_nan);
    const experiment::Result result = trainer.run();
    record_.final_values = log.last_values();
    save(result);
    log.finish(result.outcome);

    record_.waited_for_logging_seconds = log.waited_seconds();
    for (const auto* failures : {&hooks.failures(), &log.failures()})
      record_.failures.insert(record_.failures.end(), failures->begin(), failures->end());
    return result;
  }

  // Before code of plugins runs again, which may end the process or not return: all but how the
  // loggers were closed.
  void save(const experiment::Result& result) {
    const auto tensors = train::named_tensors(description(), weights());
    record_.state = state_name(result.outcome);
    record_.reason = result.reason;
    record_.steps = result.steps;
    record_.training_seconds = result.seconds;
    record_.mean_threads = result.mean_threads;
    record_.weights_digest = run_folder::digest(tensors);
    weights_kept_ = keep([&] {
      const run_folder::RunFolder::File file = folder_.checkpoint(result.steps);
      run_folder::write_weights(file.folder, file.name, tensors,
                                {{"format", "assay"}, {"step", std::to_string(result.steps)}});
    });
    if (!weights_kept_ && result.outcome != Outcome::failed) {
      record_.state = state_name(Outcome::failed);
      record_.reason = "the weights are lost: " + record_.failures.back();
    }
    run_folder::RunRecord record = record_;
    record.end = Clock::now();
    record.failures.emplace_back("the process ended before its loggers were closed");
    try {
      static_cast<void>(record_file_.write(record, Sync::later));
    } catch (const Error&) {
      // The last record is tried all the same, and told of.
    }
  }

  void complete_record() {
    record_.end = Clock::now();
    record_.git = git_.get();
    collect_lost();
    keep([&] { write_record(Sync::now); });
  }

  void write_record(Sync sync) {
    if (record_file_.write(record_, sync)) return;
    const std::string message =
        fmt::format("{}: the whole record could not be written; a shortened one was",
                    folder_.folder().path_of("run.json"));
    record_.failures.push_back(message);
    report(message);
  }

  // Called on the logging thread: the record of a run that lives. Nothing is lost when it cannot be
  // written, as long as the last one can.
  void update(run_folder::RunRecord record, const logging::State& state) {
    record.steps = state.step;
    record.final_values = state.last_values;
    record.failures = state.failures;
    try {
      static_cast<void>(record_file_.write(record, Sync::later));
    } catch (const Error& error) {
      if (!std::exchange(update_failed_, true))
        report(fmt::format("{}; the run goes on", error.what()), Severity::warning);
    }
  }

  bool keep(const std::function<void()>& write) {
    try {
      write();
      return true;
    } catch (const Error& error) {
      record_.failures.emplace_back(error.what());
      report(error.what());
      return false;
    }
  }

  int exit_code(const experiment::Result& result) const {
    if (!weights_kept_) return run_failed;
    if (result.outcome == Outcome::stopped) return by_signal + stop_signal().load();
    if (result.outcome == Outcome::failed) return run_failed;
    return record_.failures.empty() ? done : partly_failed;
  }

  const Common& common_;
  const plan::Plan& plan_;
  experiment::Experiment experiment_;
  GitState git_;
  logging::Paint paint_;
  Clock::time_point start_;
  const run_folder::RunFolder& folder_;
  std::optional<run_folder::RunLog> run_log_;
  run_folder::RunRecord record_;
  run_folder::RecordFile record_file_;
  bool weights_kept_ = false;
  bool update_failed_ = false;  ///< the logging thread's own
  std::mutex lost_mutex_;
  std::vector<std::string> lost_;
  StandardTerminal terminal_{[this](const std::string& message) { lost(message); }};
};

// Nothing, and a problem at the config's run_dir, where the config is to blame.
std::optional<run_folder::RunFolder> make_folder(const plan::Plan& plan, Clock::time_point start,
                                                 config::Diagnostics& diagnostics) {
  try {
    return run_folder::RunFolder::create(plan.run_dir, start);
  } catch (const run_folder::RunDirError& error) {
    report_run_dir(plan, error, diagnostics);
    return std::nullopt;
  }
}

void check_is_no_run(const std::string& config) {
  std::error_code unreadable;
  if (std::filesystem::is_directory(config, unreadable) &&
      std::filesystem::exists(std::filesystem::path(config) / "plan.yaml", unreadable))
    throw UsageError(fmt::format(
        "{}: this is a folder, expected a config file; to repeat that run: assay run {}", config,
        shell_quoted((std::filesystem::path(config) / "plan.yaml").string())));
}

int run(const Common& common, const std::string& config, std::vector<std::string> overrides,
        bool describe_after) {
  check_is_no_run(config);
  const GitState git = std::async(std::launch::async, base::git_state);
  config::Diagnostics diagnostics;
  plugin_host::PluginHost host = make_plugin_host(common);
  std::optional<Prepared> prepared = prepare(common, config, overrides, host, diagnostics);
  if (common.instructions)
    overrides.push_back(fmt::format("kernels={}", name_of(*common.instructions)));
  std::optional<run_folder::RunFolder> folder;
  const Clock::time_point start = Clock::now();
  catch_signals();
  if (prepared) folder = make_folder(prepared->plan, start, diagnostics);
  report(common, diagnostics, config);
  if (!folder) return usage_error;
  std::optional<Execution> execution;
  try {
    execution.emplace(common, prepared->plan, std::move(prepared->experiment), host, *folder, start,
                      overrides, diagnostics, git);
  } catch (...) {
    folder->remove();
    throw;
  }
  return execution->run(describe_after);
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
