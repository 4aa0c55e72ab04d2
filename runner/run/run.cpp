#include "runner/run/run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <new>
#include <span>
#include <stdexcept>
#include <utility>

#include "assay/acts.h"
#include "assay/error.h"
#include "runner/base/digest.h"
#include "runner/base/regular_file.h"
#include "runner/base/words.h"
#include "runner/config/reader.h"
#include "runner/experiment/run_facts.h"
#include "runner/picture/load_painter.h"
#include "runner/plan/canonical.h"
#include "runner/plan/entries.h"
#include "runner/plan/make_plan.h"
#include "runner/plugin_host/search_path.h"
#include "runner/run/data_record.h"
#include "runner/run/same_run.h"
#include "runner/run/summary.h"
#include "runner/version.h"

namespace assay::run {
namespace {

using Clock = std::chrono::system_clock;
using base::Sync;
using config::Severity;
using namespace std::chrono_literals;

constexpr const char* not_closed = "the process ended before its loggers were closed";
constexpr auto patience_with_git = 1s;  // git may take as long as training, or this long

RunRecord opening_record(const plan::Plan& plan, const experiment::Experiment& experiment,
                         const plugin_host::PluginHost& host, Clock::time_point start) {
  const train::Lanes lanes(experiment.batches->batch_size(), experiment.network->rule());
  RunRecord record;
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
  if (experiment.initial)
    record.initial_weights = {experiment.initial->file, experiment.initial->digest};
  for (const plugin_host::FoundLibrary* library : host.opened())
    record.plugins.push_back({library->stamp.plugin, library->stamp.version, library->file.string(),
                              base::file_digest(library->file)});
  return record;
}

logging::Paint painter_for(const experiment::Experiment& experiment) {
  if (!experiment.draws_pictures) return {};
  std::shared_ptr<picture::Painter> painter =
      picture::load_painter(plugin_host::program_places().private_libraries);
  return [painter](const logging::Picture& picture, PictureFormat format) {
    return picture.renderer.call([&](const Renderer& renderer) {
      return painter->paint(renderer, picture.snapshot.view(), format, 1.0);
    });
  };
}

// Reads the plan that lies in a run folder, whatever the folder is called by now.
std::optional<plan::Draft> draft_in(const base::Folder& run_folder, plan::Catalogue& catalogue,
                                    config::Diagnostics& diagnostics) {
  const base::RegularFile file(run_folder, "plan.yaml");
  const auto node =
      config::read_text(file.path(), file.path(), file.text(config::max_bytes), diagnostics);
  if (!node) return std::nullopt;
  plan::Draft draft = plan::make_draft(*node, catalogue, diagnostics);
  draft.source = node->where.source;
  draft.sources = {node->where.source};
  return draft;
}

// Returns where a plan differs from the one in the run folder, "seed was 0 and is 1"; empty if the
// latter is not the one that the run began with.
std::string differences_from(const RunRecord& began, const base::Folder& run_folder,
                             const plan::Plan& plan, plugin_host::PluginHost& host) {
  constexpr std::size_t most_told = 5;
  config::Diagnostics ignored;
  auto draft = draft_in(run_folder, host, ignored);
  const auto before = draft ? std::move(*draft).finished() : std::nullopt;
  if (!before || plan::digest(*before) != began.plan_digest) return {};
  std::map<std::string, std::pair<std::string, std::string>> values;
  for (const plan::Entry& entry : plan::entries(*before)) values[entry.key].first = entry.yaml;
  for (const plan::Entry& entry : plan::entries(plan)) values[entry.key].second = entry.yaml;
  std::vector<std::string> told, only_in_one;
  for (const auto& [key, value] : values) {
    const auto& [was, is] = value;
    const bool counts = std::ranges::count(plan::not_in_digest, key.substr(0, key.find('.'))) == 0;
    if (!counts || was == is) continue;
    if (was.empty()) only_in_one.push_back(fmt::format("{} is {}", key, is));
    else if (is.empty()) only_in_one.push_back(fmt::format("{} was {}", key, was));
    else told.push_back(fmt::format("{} was {} and is {}", key, was, is));
  }
  told.insert(told.end(), only_in_one.begin(), only_in_one.end());
  const std::size_t more = told.size() - std::min(told.size(), most_told);
  told.resize(told.size() - more);
  if (more > 0) told.push_back(counted(more, "more key"));
  return fmt::format("{}", fmt::join(told, ", "));
}

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

std::unique_ptr<Run> Run::create(Prepared prepared, RunFolder folder,
                                 const Surroundings& surroundings, const Beginning& beginning) {
  std::unique_ptr<Run> run;
  try {
    RunRecord record =
        opening_record(prepared.plan, prepared.experiment, surroundings.host, beginning.start);
    record.overrides = beginning.overrides;
    logging::Paint paint = painter_for(prepared.experiment);
    run.reset(new Run(std::move(prepared), std::move(folder), surroundings, std::move(record),
                      std::move(paint), false));
    run->lend_state();
    run->write_plan();
    run->tell_beginning(beginning.warnings);
    return run;
  } catch (...) {
    (run ? run->folder_ : folder).remove();
    throw;
  }
}

std::unique_ptr<Run> Run::open(const std::filesystem::path& path, const Surroundings& surroundings,
                               config::Diagnostics& diagnostics) {
  RunFolder folder = RunFolder::open(path);
  const RunRecord before = read_record(folder.folder());
  auto draft = draft_in(folder.folder(), surroundings.host, diagnostics);
  if (!draft) return nullptr;
  if (!draft->kernels)
    if (const auto kernels = instruction_set_named(before.kernels)) surroundings.host.use(*kernels);
  auto prepared = prepare_in_its_folder(*std::move(draft), surroundings.host, diagnostics);
  if (!prepared) return nullptr;
  return open(std::move(*prepared), std::move(folder), surroundings, diagnostics.text(false));
}

std::unique_ptr<Run> Run::open(Prepared prepared, RunFolder folder,
                               const Surroundings& surroundings, const std::string& warnings) {
  const RunRecord before = read_record(folder.folder());
  RunRecord record =
      opening_record(prepared.plan, prepared.experiment, surroundings.host, before.start);
  check_is_same_run(
      folder.folder().path_of("run.json"), before, record, prepared.plan, surroundings.host,
      before.plan_digest == record.plan_digest
          ? std::string()
          : differences_from(before, folder.folder(), prepared.plan, surroundings.host));
  folder.remove_leftovers();
  record.overrides = before.overrides;
  record.failures = before.failures;
  std::erase(record.failures, not_closed);
  record.training_seconds = before.training_seconds;
  record.best = before.best;
  record.log_files = before.log_files;
  logging::Paint paint = painter_for(prepared.experiment);
  std::unique_ptr<Run> run(new Run(std::move(prepared), std::move(folder), surroundings,
                                   std::move(record), std::move(paint), true));
  run->lend_state();
  run->tell_beginning(warnings);
  return run;
}

Run::Run(Prepared prepared, RunFolder&& folder, const Surroundings& surroundings, RunRecord record,
         logging::Paint paint, bool goes_on)
    : listener_(surroundings.listener, [this](const std::string& message) { lost(message); }),
      around_{surroundings.host, listener_, surroundings.git, surroundings.stop_signal,
              surroundings.checkpoint_requests},
      plan_(prepared.plan),
      experiment_(std::move(prepared.experiment)),
      folder_(std::move(folder)),
      paint_(std::move(paint)),
      record_(std::move(record)),
      record_file_(folder_.folder()),
      actions_(folder_, state_, experiment_.update->rate_factor(), record_.plan_digest),
      goes_on_(goes_on),
      failures_before_(record_.failures.size()),
      seconds_before_(record_.training_seconds) {
  record_.locked = folder_.locked();
  around_.listener.has_processes(around_.git.process());
}

void Run::write_plan() {
  base::write_atomically(folder_.folder(), "plan.yaml", plan_.yaml, Sync::later);
  copy_config(folder_.folder(), *plan_.source, plan_.sources);
  write_data_record(folder_.folder(), data_record(experiment_));
}

// Writes the record of a run that runs, and tells what is run.
void Run::tell_beginning(const std::string& warnings) {
  record_.git = around_.git.answer(0s);
  static_cast<void>(record_file_.write(record_, Sync::later));
  open_log();
  write_log(fmt::format("assay {}, started in {}", ASSAY_VERSION,
                        base::one_line(std::filesystem::current_path().string())));
  say([&](base::Columns columns) {
    return opening_lines(plan_, experiment_, around_.host, folder_.path(), columns);
  });
  write_log(warnings);
  if (!record_.locked)
    report(fmt::format("{}: this file system has no locks, so nobody can tell whether this run "
                       "still lives, or keep another program from writing here",
                       folder_.path().string()),
           Severity::warning);
}

void Run::lend_state() {
  state_.set("seed", static_cast<std::int64_t>(plan_.seed));
  training_.lend_state(state_);
  experiment_.network->lend_state(state_);
  experiment_.update->lend_state(state_);
  experiment_.state.lend(state_);
  for (const hooks::PreparedHook& hook : experiment_.hooks)
    if (hook.hook.has<Acts>()) actions_.add(hook.name);
}

void Run::write_state(const base::Folder& folder, std::string_view name) const {
  state::write_safetensors(folder, name, state_.stored_tensors(),
                           checkpoint_metadata(training_.step, record_.plan_digest));
}

void Run::restore(const std::filesystem::path& path) { restore(state::StoredTensors(path)); }

void Run::restore(const state::StoredTensors& file) {
  const auto& tensors = file.header().tensors;
  if (!is_of_plan(file, record_.plan_digest))
    throw Error(fmt::format("{}: this is not the state of a run of this plan", file.path()));
  const auto step = tensors.find("step");
  std::int64_t finished = -1;
  if (step != tensors.end() && step->second.type == DType::int64 && step->second.shape.rank() == 0)
    file.read(step->second, std::as_writable_bytes(std::span(&finished, 1)));
  if (finished < 0 || finished > experiment_.steps)
    throw Error(fmt::format("{}: it is of step {}, and this run has {}", file.path(), finished,
                            experiment_.steps));
  state_.restore(file);
  actions_.take_up_factors();
}

void Run::take_up(const Found& found) {
  for (const auto& [step, problem] : found.damaged) {
    damaged_.insert(step);
    report(found.step ? fmt::format("{}; the one of step {} is used", problem, grouped(*found.step))
                      : problem,
           Severity::warning);
  }
  if (found.step) {
    const RunFolder::File file = folder_.checkpoint(*found.step);
    restore(state::StoredTensors(file.folder, file.name));
  }
  const std::string from = found.step ? fmt::format("goes on after step {}", grouped(*found.step))
                                      : "has no checkpoint yet, so it begins anew";
  say([&](base::Columns) { return from; });
}

Ending Run::train() {
  if (std::exchange(has_begun_, true)) throw std::logic_error("a run is trained once");
  around_.listener.reached(Stage::training);
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
  if (goes_on_) info.former_files = record_.log_files;
  info.facts = experiment::run_facts(plan_, experiment_);
  if (plan_.checkpoints.best) best_.emplace(*plan_.checkpoints.best, state_, folder_.folder());
  logging::Log log(
      logging::Loggers(std::move(experiment_.loggers), info, around_.listener.terminal(), told),
      paint_,
      [this](std::string_view name, std::span<const std::byte> bytes) {
        const RunFolder::File file = folder_.image(name);
        base::write_atomically(file.folder, file.name, bytes, Sync::later);
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
      plan_.checkpoints, record_.plan_digest, experiment_.batches->steps_per_epoch(), damaged_,
      {folder_, state_, log, around_.checkpoint_requests, [&] { note_state(log, hooks); },
       [this](const std::string& message) { lost(message); }, best_ ? &*best_ : nullptr});
  Trainer trainer({*experiment_.splits.at("train"), *experiment_.batches, *experiment_.network,
                   *experiment_.update, hooks, experiment_.splits, *experiment_.team, log,
                   checkpoints, around_.stop_signal},
                  experiment_.steps, plan_.train.on_nan, training_);
  {
    const base::MappedFileWatch watch;
    const auto stopped = state_.texts("stop_reason");
    result_ = trainer.run(stopped.empty() ? std::nullopt : std::optional(stopped.begin()->second));
    is_trained_ = true;
    attempt("looking at mapped files", [&] { note_changes(watch); });
  }
  attempt("undoing what plugins changed", [&] { undo_changes(state); });
  attempt("recording the result", [&] { record_.final_values = log.last_values(); });
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
                fmt::format("drawing {}; Ctrl-C leaves out what is not drawn by then",
                            counted(pictures, "picture"));
            say([&](base::Columns) { return waiting; });
          },
          [this](std::size_t pictures) { around_.listener.draws(pictures); }};
}

// Saves everything except the result of closing the loggers. It does so before code of plugins
// runs again, which may end the process or never return.
void Run::save(Checkpoints& checkpoints) {
  attempt("recording the result", [&] { record_result(); });
  is_saved_ = true;
  attempt("saving the weights", [&] {
    checkpoints.keep_weights(result_.steps, [&](const RunFolder::File& file) {
      state::write_safetensors(file.folder, file.name, weights(),
                               {{"format", "assay"}, {"step", std::to_string(result_.steps)}});
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
    static_cast<void>(record_file_.write(record, Sync::later));
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
        path + (change == base::MappedFileWatch::Change::content
                    ? ": the file was changed while the run read it, so parts of the run may have "
                      "seen other data than the rest"
                    : ": its time of modification changed while the run read it; whether its data "
                      "did is not known, as it is too large to be compared, and if so, parts of "
                      "the run have seen other data than the rest"));
    report(record_.failures.back());
  }
}

void Run::note_dropped(std::size_t pictures) {
  pictures_dropped_ = true;
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
  record_.git = around_.git.answer(patience_with_git);
  around_.git.end();
  around_.listener.has_processes(0);
  if (!around_.git.problem().empty())
    report(around_.git.problem() + "; run.json names no commit", Severity::warning);
}

void Run::write_record(Sync sync) {
  record_.end = Clock::now();
  if (best_) record_.best = best_->kept();
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
void Run::update(RunRecord record, const logging::State& state) {
  record.steps = state.step;
  record.final_values = state.last_values;
  if (best_) record.best = best_->kept();
  record.log_files = state.files;
  {
    const std::lock_guard lock(lost_mutex_);
    log_files_ = state.files;
  }
  record.failures.insert(record.failures.end(), state.failures.begin(), state.failures.end());
  try {
    static_cast<void>(record_file_.write(record, Sync::later));
  } catch (const Error& error) {
    if (!std::exchange(update_failed_, true))
      report(fmt::format("{}; the run goes on", error.what()), Severity::warning);
  }
}

// Notes how long the log files are, when they are closed.
void Run::note_positions(const logging::Log& log) {
  record_.log_files.clear();
  record_.log_bytes = log.positions();
  for (const auto& [name, position] : record_.log_bytes) {
    state_.set("logs/" + name, position);
    record_.log_files.push_back(name);
  }
}

// Notes what those who compute do not keep themselves.
void Run::note_state(const logging::Log& log, const hooks::Hooks& hooks) {
  for (const auto& [tag, value] : log.last_values()) state_.set("last_values/" + tag, value);
  for (const auto& [tag, hook] : hooks.owners()) state_.set("tags/" + tag, hook);
  if (hooks.stop_reason()) state_.set("stop_reason", *hooks.stop_reason());
}

std::vector<state::NamedTensor> Run::weights() const {
  return state::named_tensors(experiment_.network->description().named_shapes(),
                              std::as_const(*experiment_.network).weights());
}

// Returns what the model remembers, by its own names.
std::vector<state::NamedTensor> Run::buffers() const {
  constexpr std::string_view prefix = "buffers/";
  std::vector<state::NamedTensor> buffers = state_.tensors(prefix);
  for (state::NamedTensor& buffer : buffers) buffer.name.erase(0, prefix.size());
  return buffers;
}

// Tells lines. The log gets whole ones, whatever the width of who else reads them.
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
