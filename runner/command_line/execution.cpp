#include "runner/command_line/execution.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "runner/base/atomic_file.h"
#include "runner/base/mapped_file_loss.h"
#include "runner/base/words.h"
#include "runner/command_line/exit_code.h"
#include "runner/command_line/interrupt_watch.h"
#include "runner/command_line/model_tree.h"
#include "runner/command_line/report.h"
#include "runner/command_line/signals.h"
#include "runner/command_line/summary.h"
#include "runner/command_line/terminal.h"
#include "runner/experiment/trainer.h"
#include "runner/picture/load.h"
#include "runner/plan/canonical.h"
#include "runner/plugin_host/process_state.h"
#include "runner/plugin_host/search_path.h"
#include "runner/run_folder/config_copy.h"
#include "runner/run_folder/run_log.h"
#include "runner/run_folder/run_record.h"
#include "runner/run_folder/weights.h"
#include "runner/version.h"

namespace assay::command_line {
namespace {

using Clock = std::chrono::system_clock;
using base::Sync;
using namespace std::chrono_literals;

constexpr auto patience_with_git = 1s;  // git may take as long as training, or this long

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
  /// Borrows everything except the experiment.
  Execution(const Common& common, const plan::Plan& plan, experiment::Experiment experiment,
            const plugin_host::PluginHost& host, const run_folder::RunFolder& folder,
            const Beginning& beginning, base::GitQuery& git)
      : common_(common),
        plan_(plan),
        experiment_(std::move(experiment)),
        git_(git),
        paint_(painter_for(experiment_)),
        start_(beginning.start),
        folder_(folder),
        record_(opening_record(plan, experiment_, host, start_)),
        record_file_(folder_.folder()) {
    record_.overrides = beginning.overrides;
    record_.locked = folder_.locked();
    record_.git = git_.answer(0s);
    end_together_with(git_.process());
    base::write_atomically(folder_.folder(), "plan.yaml", plan.yaml, Sync::later);
    run_folder::copy_config(folder_.folder(), *plan.source, plan.sources);
    static_cast<void>(record_file_.write(record_, Sync::later));
    open_log();
    write_log(fmt::format("assay {}", ASSAY_VERSION));
    say([&](base::Columns columns) {
      return opening_lines(plan, experiment_, host, folder_.path(), columns);
    });
    write_log(beginning.warnings.text(false));
    if (!record_.locked)
      report(fmt::format("{}: this file system has no locks, so nobody can tell whether this run "
                         "still lives, or keep another program from writing here",
                         folder_.path().string()),
             Severity::warning);
  }

  /// Trains, and writes all results. A failure from here on, in any part, is reported and recorded,
  /// and the later parts still run.
  int run(bool describe_after) {
    attempt("training", [&] { train(); });
    if (!is_saved_) attempt("recording the result", [&] { record_result(); });
    answer_interrupts_with("waiting for git");
    attempt("asking git", [&] { ask_git(); });
    answer_interrupts_with("ending");
    attempt("writing run.json", [&] { write_record(Sync::now); });
    const std::size_t recorded = record_.failures.size();
    attempt("printing the result", [&] { print_result(describe_after); });
    attempt("closing log.txt", [&] { close_log(); });
    if (record_.failures.size() > recorded)
      attempt("writing run.json", [&] { write_record(Sync::now); });
    return exit_code();
  }

 private:
  const train::ModelDescription& description() const { return experiment_.network->description(); }
  const train::ParameterMemory& weights() const {
    return std::as_const(*experiment_.network).weights();
  }
  ValuesOf values() const {
    return [this](std::size_t parameter) { return weights().values(parameter); };
  }
  std::vector<run_folder::NamedTensor> tensors() const {
    return train::named_tensors(description(), weights());
  }

  // Prints the text. The log gets whole lines, whatever the terminal's width.
  void say(const std::function<std::string(base::Columns)>& text) {
    write_log(text({}));
    terminal_.print(text(base::output_columns()));
  }

  // Reports a message. Also called from the logging thread.
  void report(const std::string& message, Severity severity = Severity::error) {
    write_log(fmt::format("{}: {}", name_of(severity), message));
    terminal_.error(problem(common_, severity, message));
  }

  // Opens log.txt. The run goes on without it if it cannot be created.
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

  void close_log() {
    if (run_log_)
      if (const auto failure = run_log_->finish()) lost(*failure);
    collect_lost();
  }

  // Records that a file, or standard output, is incomplete. May be called from any thread.
  void lost(const std::string& message) {
    {
      const std::lock_guard lock(lost_mutex_);
      lost_.push_back(message);
    }
    report(message);
  }

  // Moves these losses into the record.
  void collect_lost() {
    const std::lock_guard lock(lost_mutex_);
    record_.failures.insert(record_.failures.end(), lost_.begin(), lost_.end());
    lost_.clear();
  }

  void train() {
    const InterruptWatch interrupt_watch;  // its thread does not count as started by plugins
    const plugin_host::ProcessState state;
    const auto told = [this](const std::string& message) { report(message); };
    const logging::RunInfo info{plan_.name, &folder_.folder(), 0, experiment_.steps,
                                std::chrono::duration<double>(start_.time_since_epoch()).count()};
    logging::Log log(
        logging::Loggers(std::move(experiment_.loggers), info, terminal_, told), paint_,
        [this](std::string_view name, std::span<const std::byte> bytes) {
          const run_folder::RunFolder::File file = folder_.image(name);
          base::write_atomically(file.folder, file.name, bytes, Sync::later);
        },
        {}, notices(),
        {[this, opening = record_](const logging::State& now) { update(opening, now); }},
        &stop_signal());
    hooks::Hooks hooks(std::move(experiment_.hooks),
                       {experiment_.metrics, experiment_.splits, *experiment_.network,
                        *experiment_.update, experiment_.rates},
                       log, {experiment_.steps, experiment_.batches->steps_per_epoch()}, told);
    experiment::Trainer trainer(
        {*experiment_.splits.at("train"), *experiment_.batches, *experiment_.network,
         *experiment_.update, hooks, experiment_.splits, *experiment_.team, log, stop_signal()},
        experiment_.steps, plan_.train.on_nan);
    {
      const base::MappedFileWatch watch;
      result_ = trainer.run();
      is_trained_ = true;
      attempt("looking at mapped files", [&] { note_changes(watch); });
    }
    attempt("undoing what plugins changed", [&] { undo_changes(state); });
    attempt("recording the result", [&] { record_.final_values = log.last_values(); });
    answer_interrupts_with("saving the weights");
    save();
    answer_interrupts_with("closing the loggers, without the pictures that are not drawn yet");
    attempt("closing the loggers", [&] { log.finish(result_.outcome); });
    attempt("undoing what plugins changed", [&] { undo_changes(state); });
    record_.waited_for_logging_seconds = log.waited_seconds();
    for (const auto* failures : {&hooks.failures(), &log.failures()})
      record_.failures.insert(record_.failures.end(), failures->begin(), failures->end());
    if (log.dropped_pictures() > 0) note_dropped(log.dropped_pictures());
  }

  void undo_changes(const plugin_host::ProcessState& state) {
    const std::string changes = state.changes();
    if (changes.empty() || !told_changes_.insert(changes).second) return;
    state.restore_beside_open_files();
    report(plugin_host::changed_by_calls(changes), Severity::warning);
  }

  logging::Notices notices() {
    return {[this](const std::string& message) { report(message, Severity::warning); },
            [this](std::size_t pictures) {
              const std::string waiting =
                  fmt::format("drawing {}; Ctrl-C leaves out what is not drawn by then",
                              base::counted(static_cast<std::int64_t>(pictures), "picture"));
              say([&](base::Columns) { return waiting; });
            }};
  }

  // Saves everything except the result of closing the loggers. It does so before code of plugins
  // runs again, which may end the process or never return.
  void save() {
    attempt("recording the result", [&] { record_result(); });
    is_saved_ = true;
    attempt("saving the weights", [&] {
      const run_folder::RunFolder::File file = folder_.checkpoint(result_.steps);
      run_folder::write_weights(file.folder, file.name, tensors(),
                                {{"format", "assay"}, {"step", std::to_string(result_.steps)}});
      weights_kept_ = true;
    });
    attempt("recording the result", [&] {
      if (weights_kept_ || result_.outcome == Outcome::failed) return;
      record_.state = state_name(Outcome::failed);
      record_.reason = "the weights are lost: " + record_.failures.back();
    });
    try {
      run_folder::RunRecord record = record_;
      record.end = Clock::now();
      record.failures.emplace_back("the process ended before its loggers were closed");
      static_cast<void>(record_file_.write(record, Sync::later));
    } catch (const std::exception&) {
      // The final record is still tried, and a failure is reported then.
    }
  }

  // Records the result. A run without training has failed, for the reason that was reported.
  void record_result() {
    if (!is_trained_ && result_.reason.empty() && !record_.failures.empty())
      result_.reason = record_.failures.back();
    record_.state = state_name(result_.outcome);
    record_.steps = result_.steps;
    record_.training_seconds = result_.seconds;
    record_.mean_threads = result_.mean_threads;
    record_.reason = result_.reason;
    record_.weights_digest = is_trained_ ? run_folder::digest(tensors()) : "";
  }

  // Notes changed files, unless the run has failed and so has a better reason.
  void note_changes(const base::MappedFileWatch& watch) {
    if (result_.outcome == Outcome::failed) return;
    for (const std::string& path : watch.changed_files()) {
      record_.failures.push_back(
          path +
          ": the file was changed while the run read it, so parts of the run may have seen "
          "other data than the rest");
      report(record_.failures.back());
    }
  }

  void note_dropped(std::size_t pictures) {
    pictures_dropped_ = true;
    record_.failures.push_back(fmt::format(
        "{} not drawn: the run was asked to stop ({})",
        pictures == 1 ? "1 picture was"
                      : base::counted(static_cast<std::int64_t>(pictures), "picture") + " were",
        strsignal(stop_signal())));
    report(record_.failures.back(), Severity::warning);
  }

  void print_result(bool describe_after) {
    if (is_trained_ && result_.outcome == Outcome::failed) report(result_.reason);
    if (describe_after)
      terminal_.print(
          model_tree(plan_.model.type, description(), values(), base::output_columns()));
    say([&](base::Columns columns) { return closing_lines(record_, folder_.folder(), columns); });
  }

  void ask_git() {
    record_.git = git_.answer(patience_with_git);
    git_.end();
    end_together_with(0);
    if (!git_.problem().empty())
      report(git_.problem() + "; run.json names no commit", Severity::warning);
  }

  void write_record(Sync sync) {
    record_.end = Clock::now();
    collect_lost();
    if (record_file_.write(record_, sync)) return;
    const std::string message =
        fmt::format("{}: the whole record could not be written; a shortened one was",
                    folder_.folder().path_of("run.json"));
    record_.failures.push_back(message);
    report(message);
  }

  // Writes the record of a running run, on the logging thread. A failure does not matter as long as
  // the final record can be written.
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

  // Runs a part of the work. Reports and records its exceptions.
  template <class Part>
  void attempt(std::string_view name, Part&& part) noexcept {
    try {
      part();
    } catch (const Error& error) {  // its message contains the place
      fail({}, error.what());
    } catch (const std::bad_alloc&) {
      fail(name, "out of memory");
    } catch (const std::exception& error) {
      fail(name, error.what());
    } catch (...) {
      fail(name, "an exception that is no std::exception");
    }
  }

  void fail(std::string_view part, std::string_view what) noexcept {
    failed_ = true;
    try {
      record_.failures.push_back(fmt::format("{}{}{}", part, part.empty() ? "" : ": ", what));
      report(record_.failures.back());
    } catch (...) {  // there is no memory for the message
      constexpr std::string_view words = "assay: error: out of memory\n";
      [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, words.data(), words.size());
    }
  }

  // Returns the exit code. A signal that cut something short counts, even after training was
  // complete.
  int exit_code() const {
    if (result_.outcome == Outcome::failed || !weights_kept_) return run_failed;
    if (result_.outcome == Outcome::stopped || pictures_dropped_)
      return by_signal + stop_signal().load();
    return failed_ || !record_.failures.empty() ? partly_failed : done;
  }

  const Common& common_;
  const plan::Plan& plan_;
  experiment::Experiment experiment_;
  base::GitQuery& git_;
  logging::Paint paint_;
  Clock::time_point start_;
  const run_folder::RunFolder& folder_;
  std::optional<run_folder::RunLog> run_log_;
  run_folder::RunRecord record_;
  run_folder::RecordFile record_file_;
  experiment::Result result_{.outcome = Outcome::failed, .reason = {}};
  bool is_trained_ = false;
  bool is_saved_ = false;
  bool weights_kept_ = false;
  bool pictures_dropped_ = false;
  bool failed_ = false;         ///< a part of the work threw
  bool update_failed_ = false;  ///< used by the logging thread only
  std::mutex lost_mutex_;
  std::vector<std::string> lost_;
  std::set<std::string> told_changes_;
  StandardTerminal terminal_{[this](const std::string& message) { lost(message); }};
};

}  // namespace

int execute(const Common& common, Prepared prepared, const plugin_host::PluginHost& host,
            run_folder::RunFolder& folder, const Beginning& beginning, base::GitQuery& git,
            bool describe_after) {
  std::optional<Execution> execution;
  try {
    execution.emplace(common, prepared.plan, std::move(prepared.experiment), host, folder,
                      beginning, git);
  } catch (...) {
    folder.remove();
    throw;
  }
  return execution->run(describe_after);
}

}  // namespace assay::command_line
