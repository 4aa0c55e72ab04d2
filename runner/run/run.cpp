#include "runner/run/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <span>
#include <stdexcept>
#include <utility>

#include "assay/error.h"
#include "runner/base/words.h"
#include "runner/experiment/collect_run_facts.h"
#include "runner/run/summary.h"

namespace assay::run {
namespace {

using Clock = std::chrono::system_clock;
using base::Sync;
using config::Severity;
using namespace std::chrono_literals;

// Bytes that are held while the run trains and are freed for its end: writing files and messages
// also needs memory.
constexpr std::size_t memory_for_the_end = std::size_t{512} << 10;

constexpr const char* not_closed = "the process ended before its loggers were closed";
// Git and the digests of the data may take as long as training, or this long.
constexpr auto patience_with_data = 1s;

std::string_view state_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::finished: return "finished";
    case Outcome::stopped: return "stopped";
    case Outcome::failed: return "failed";
  }
  return {};
}

}  // namespace

// Runs a part of the work. Reports and records its exceptions.
template <class Part>
void Run::attempt(std::string_view name, Part&& part) noexcept {
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

void Run::fail(std::string_view part, std::string_view what) noexcept {
  failed_ = true;
  try {
    record_.failures.push_back(fmt::format("{}{}{}", part, part.empty() ? "" : ": ", what));
    report(record_.failures.back());
  } catch (...) {
    around_.listener.out_of_memory();
  }
}

Ending Run::train() {
  if (std::exchange(has_begun_, true)) throw std::logic_error("a run is trained once");
  around_.listener.reached(Stage::training);
  attempt("reading data", [&] { data_.emplace(record_.data); });
  attempt("training", [&] { train_to_the_end(); });
  if (!is_saved_) attempt("recording the result", [&] { record_result(); });
  around_.listener.reached(Stage::waiting_for_git);
  attempt("asking git", [&] { ask_git(); });
  around_.listener.reached(Stage::ending);
  attempt("writing run.json", [&] { write_record(Sync::now); });
  const std::size_t recorded = record_.failures.size();
  attempt("printing the result", [&] { print_result(); });
  attempt("closing log.txt", [&] { close_log(); });
  if (record_.failures.size() > recorded)
    attempt("writing run.json", [&] { write_record(Sync::now); });
  return ending();
}

void Run::train_to_the_end() {
  const plugin_host::ProcessState state;
  const auto told = [this](const std::string& message) { report(message); };
  // A run whose hooks have not run yet keeps nothing that was logged: it logs that again.
  const bool anew = training_.hooks_step < 0;
  logging::RunInfo info{plan_.name, &folder_.folder(), training_.step, experiment_.steps,
                        std::chrono::duration<double>(record_.start.time_since_epoch()).count()};
  info.goes_on = goes_on_;
  info.positions = state_.integers("logs/");
  if (anew)
    for (auto& [file, position] : info.positions) position = 0;
  if (!anew) info.last_values = state_.numbers("last_values/");
  if (!anew)
    for (const auto& [tag, text] : state_.texts("extremes/"))
      if (const auto extremes = logging::read_extremes(text)) info.extremes[tag] = *extremes;
  if (goes_on_) info.former_files = record_.log_files;
  info.facts = experiment::run_facts(plan_, experiment_);
  std::vector<std::string> splits;
  for (const auto& [name, rows] : experiment_.splits) splits.push_back(name);
  shown_values_.emplace(plan_, splits);
  if (plan_.checkpoints.best) best_.emplace(*plan_.checkpoints.best, state_, folder_.folder());
  logging::Log log(
      logging::Loggers(std::move(experiment_.loggers), info, around_.listener.terminal(), told),
      paint_,
      [this](std::string_view name, std::span<const std::byte> bytes) {
        const RunFolder::File file = folder_.image(name);
        base::write_atomically(file.folder, file.name, bytes, Sync::later);
        unsynced_.add("images/" + file.name);
      },
      {}, notices(),
      {[this, opening = record_](const logging::State& now) { update(opening, now); }},
      &around_.stop_signal);
  hooks::Hooks hooks(std::move(experiment_.hooks),
                     {experiment_.metrics, experiment_.splits, *experiment_.network,
                      *experiment_.update, experiment_.rates, buffers(), experiment_.best},
                     log, {experiment_.steps, experiment_.batches->steps_per_epoch()}, told,
                     &actions_);
  if (!anew) hooks.restore_owners(state_.texts("tags/"));
  Checkpoints checkpoints(
      plan_.checkpoints, plan_digests(record_), experiment_.steps,
      experiment_.batches->steps_per_epoch(), damaged_,
      {folder_, state_, log, around_.checkpoint_requests, before_end_, unsynced_,
       [&] { note_state(log, hooks); }, [&] { return failures_so_far(hooks); },
       [this](const std::string& message) { lost(message); }, best_ ? &*best_ : nullptr});
  Trainer trainer({*experiment_.splits.at("train"), *experiment_.batches, *experiment_.network,
                   *experiment_.update, hooks, experiment_.splits, *experiment_.team, log,
                   checkpoints, around_.stop_signal},
                  experiment_.steps, plan_.train.on_nan, training_);
  held_ = std::make_unique_for_overwrite<std::byte[]>(memory_for_the_end);
  {
    const base::MappedFileWatch watch;
    const auto stopped = state_.texts("stop_reason");
    result_ = trainer.run(stopped.empty() ? std::nullopt : std::optional(stopped.begin()->second));
    is_trained_ = true;
    held_.reset();
    attempt("checking mapped files", [&] { note_changes(watch); });
  }
  attempt("undoing what plugins changed", [&] { undo_changes(state); });
  attempt("recording the result", [&] {
    record_.final_values = log.last_values();
    record_.scalars = shown_values_->scalars(log.extremes());
  });
  around_.listener.reached(Stage::saving);
  save(checkpoints);
  around_.listener.reached(Stage::closing_loggers);
  if (result_.outcome != Outcome::failed)
    attempt("saving the state", [&] {
      if (result_.outcome == Outcome::finished && !result_.reason.empty())
        state_.set("stop_reason", result_.reason);
      checkpoints.at_end(result_.steps);
    });
  attempt("closing the loggers", [&] { log.finish(result_.outcome); });
  attempt("saving the weights", [&] {
    checkpoints.secure_weights();
    unsynced_.bring_to_disk();
  });
  attempt("undoing what plugins changed", [&] { undo_changes(state); });
  attempt("recording the state", [&] {
    note_state(log, hooks);
    note_positions(log);
  });
  record_.waited_for_logging_seconds = log.waited_seconds();
  for (const auto* failures : {&hooks.failures(), &log.failures()})
    record_.failures.insert(record_.failures.end(), failures->begin(), failures->end());
  if (log.dropped_pictures() > 0) note_dropped(log.dropped_pictures());
}

void Run::undo_changes(const plugin_host::ProcessState& state) {
  const std::string changes = state.changes();
  if (changes.empty() || !told_changes_.insert(changes).second) return;
  state.restore_beside_open_files();
  report(plugin_host::changed_by_calls(changes), Severity::warning);
}

logging::Notices Run::notices() {
  return {[this](const std::string& message) { report(message, Severity::warning); },
          [this](std::size_t pictures) {
            const std::string waiting =
                fmt::format("drawing {}; Ctrl-C leaves out those that are not drawn by then",
                            counted(pictures, "picture"));
            say([&](base::Columns) { return waiting; });
          },
          [this](std::size_t pictures) { around_.listener.draws(pictures); },
          [this](const Progress& progress, double batch_loss) {
            around_.listener.progressed(progress, batch_loss);
          }};
}

// Saves everything except the result of closing the loggers. It does so before code of plugins
// runs again, which may end the process or never return.
void Run::save(Checkpoints& checkpoints) {
  attempt("recording the result", [&] { record_result(); });
  is_saved_ = true;
  attempt("saving the weights", [&] {
    const bool at_end_follows = result_.outcome != Outcome::failed;
    checkpoints.keep_weights(
        result_.steps, at_end_follows, [&](const RunFolder::File& file, Sync sync) {
          state::write_safetensors(file.folder, file.name, weights(),
                                   {{"format", "assay"}, {"step", std::to_string(result_.steps)}},
                                   sync);
        });
    weights_kept_ = true;
  });
  attempt("recording the result", [&] {
    if (weights_kept_ || result_.outcome == Outcome::failed) return;
    record_.state = state_name(Outcome::failed);
    record_.reason = fmt::format("the weights are lost{}{}", record_.failures.empty() ? "" : ": ",
                                 record_.failures.empty() ? "" : record_.failures.back());
  });
  try {
    RunRecord record = record_;
    record.end = Clock::now();
    record.complete = false;
    record.failures.emplace_back(not_closed);
    static_cast<void>(record_file_.write(record, Sync::content));
  } catch (const std::exception&) {
    // The final record is still tried, and a failure is reported then.
  }
}

// Records the result. A run without training has failed, for the reason that was reported.
void Run::record_result() {
  if (!is_trained_ && result_.reason.empty() && !record_.failures.empty())
    result_.reason = record_.failures.back();
  record_.state = state_name(result_.outcome);
  record_.steps = result_.steps;
  record_.training_seconds = seconds_before_ + result_.seconds;
  record_.mean_threads = result_.mean_threads;
  record_.reason = result_.reason;
  {
    const std::lock_guard lock(lost_mutex_);
    if (!log_files_.empty()) record_.log_files = log_files_;
  }
  if (best_) record_.best = best_->kept();
  record_.weights_digest = is_trained_ ? state::digest(weights()) : "";
}

// Notes changed files, unless the run has failed and so has a better reason.
void Run::note_changes(const base::MappedFileWatch& watch) {
  if (result_.outcome == Outcome::failed) return;
  for (const auto& [path, change] : watch.changed_files()) {
    record_.failures.push_back(
        path +
        (change == base::MappedFileWatch::Change::content
             ? ": the file was changed while the run read it, so parts of the run may have "
               "seen other data than the rest"
             : ": its time of modification changed while the run read it; the file is too large to "
               "compare its data, so parts of the run may have seen other data than the rest"));
    report(record_.failures.back());
  }
}

// A run that is finished except for its pictures can be resumed to draw them.
void Run::note_dropped(std::size_t pictures) {
  pictures_dropped_ = true;
  record_.complete = result_.outcome != Outcome::finished;
  record_.failures.push_back(
      fmt::format("{} not drawn: the run was asked to stop ({})",
                  pictures == 1 ? "1 picture was" : counted(pictures, "picture") + " were",
                  strsignal(around_.stop_signal)));
  report(record_.failures.back(), Severity::warning);
}

void Run::print_result() {
  if (is_trained_ && result_.outcome == Outcome::failed) report(result_.reason);
  if (is_trained_)
    around_.listener.trained(plan_.model.type, experiment_.network->description(),
                             std::as_const(*experiment_.network).weights());
  say([&](base::Columns columns) {
    return closing_lines(plan_, record_, folder_.folder(), columns);
  });
}

void Run::ask_git() {
  record_.git = around_.git.answer(base::GitQuery::usual_patience);
  around_.git.end();
  around_.listener.has_processes(0);
  if (!around_.git.problem().empty())
    report(around_.git.problem() + "; run.json names no commit", Severity::warning);
}

void Run::write_record(Sync sync) {
  record_.end = Clock::now();
  if (best_) record_.best = best_->kept();
  if (data_) {
    data_->wait_for(patience_with_data);
    record_.data = data_->files();
    data_.reset();
  }
  collect_lost();
  if (record_file_.write(record_, sync)) return;
  const std::string message =
      fmt::format("{}: the whole record could not be written, but a shortened one was",
                  folder_.folder().path_of("run.json"));
  record_.failures.push_back(message);
  report(message);
}

// Writes the record of a running run, on the logging thread. A failure does not matter as long as
// the final record can be written.
void Run::update(RunRecord record, const logging::State& state) {
  record.steps = state.step;
  record.final_values = state.last_values;
  record.scalars = shown_values_->scalars(state.extremes);
  if (best_) record.best = best_->kept();
  record.log_files = state.files;
  if (data_) record.data = data_->files();
  {
    const std::lock_guard lock(lost_mutex_);
    log_files_ = state.files;
  }
  record.failures.insert(record.failures.end(), state.failures.begin(), state.failures.end());
  try {
    static_cast<void>(record_file_.write(record, Sync::content));
  } catch (const Error& error) {
    if (!std::exchange(update_failed_, true))
      report(fmt::format("{}; the run goes on", error.what()), Severity::warning);
  }
}

// Notes the lengths of the log files when they are closed.
void Run::note_positions(const logging::Log& log) {
  record_.log_files.clear();
  record_.log_bytes = log.positions();
  record_.log_digests = log.digests();
  for (const auto& [name, position] : record_.log_bytes) {
    state_.set("logs/" + name, position);
    record_.log_files.push_back(name);
  }
}

// Returns the failures of this run, except those of loggers.
std::vector<std::string> Run::failures_so_far(const hooks::Hooks& hooks) {
  std::vector<std::string> failures = record_.failures;
  failures.insert(failures.end(), hooks.failures().begin(), hooks.failures().end());
  const std::lock_guard lock(lost_mutex_);
  failures.insert(failures.end(), lost_.begin(), lost_.end());
  return failures;
}

// Notes the state that is not lent to the registry.
void Run::note_state(const logging::Log& log, const hooks::Hooks& hooks) {
  for (const auto& [tag, value] : log.last_values()) state_.set("last_values/" + tag, value);
  for (const auto& [tag, extremes] : log.extremes())
    state_.set("extremes/" + tag, logging::text_of(extremes));
  for (const auto& [tag, hook] : hooks.owners()) state_.set("tags/" + tag, hook);
  if (hooks.stop_reason()) state_.set("stop_reason", *hooks.stop_reason());
}

std::vector<state::NamedTensor> Run::weights() const {
  return state::named_tensors(experiment_.network->description().named_shapes(),
                              std::as_const(*experiment_.network).weights());
}

// Returns the state of the model, by its own names.
std::vector<state::NamedTensor> Run::buffers() const {
  constexpr std::string_view prefix = "buffers/";
  std::vector<state::NamedTensor> buffers = state_.tensors(prefix);
  for (state::NamedTensor& buffer : buffers) buffer.name.erase(0, prefix.size());
  return buffers;
}

// Tells lines. The log gets whole lines, whatever the width of the terminal.
void Run::say(const Listener::Lines& lines) {
  write_log(lines({}));
  around_.listener.say(lines);
}

// Called from the logging thread, too.
void Run::report(const std::string& message, Severity severity) {
  write_log(fmt::format("{}: {}", name_of(severity), message));
  around_.listener.problem(severity, message);
}

// Opens log.txt. The run goes on without it if that fails.
void Run::open_log() {
  try {
    run_log_.emplace(folder_.folder());
  } catch (const Error& error) {
    lost(error.what());
  }
}

void Run::write_log(const std::string& text) {
  if (!run_log_) return;
  if (const auto failure = run_log_->write(text)) lost(*failure);
}

void Run::close_log() {
  if (run_log_)
    if (const auto failure = run_log_->finish()) lost(*failure);
  collect_lost();
}

void Run::lost(const std::string& message) {
  {
    const std::lock_guard lock(lost_mutex_);
    lost_.push_back(message);
  }
  report(message);
}

// Moves the losses into the record.
void Run::collect_lost() {
  const std::lock_guard lock(lost_mutex_);
  record_.failures.insert(record_.failures.end(), lost_.begin(), lost_.end());
  lost_.clear();
}

// Returns the ending. A signal that cut something short counts, even after training was complete.
Ending Run::ending() const {
  if (result_.outcome == Outcome::failed || !weights_kept_) return Ending::failed;
  if (result_.outcome == Outcome::stopped || pictures_dropped_) return Ending::stopped;
  const bool has_new_failures = record_.failures.size() > failures_before_;
  return failed_ || has_new_failures ? Ending::partly_failed : Ending::done;
}

}  // namespace assay::run
