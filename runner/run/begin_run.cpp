// Begins a run, or resumes one.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <span>
#include <system_error>
#include <utility>

#include "assay/acts.h"
#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/digest.h"
#include "runner/base/regular_file.h"
#include "runner/base/words.h"
#include "runner/config/reader.h"
#include "runner/picture/load_painter.h"
#include "runner/plan/load.h"
#include "runner/plan/make_plan.h"
#include "runner/plugin_host/search_path.h"
#include "runner/run/data_form.h"
#include "runner/run/opening.h"
#include "runner/run/run.h"
#include "runner/run/summary.h"
#include "runner/version.h"

namespace assay::run {
namespace {

using base::Sync;
using config::Severity;
using namespace std::chrono_literals;

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

// Reads the plan in a run folder, even if the folder was renamed.
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

// Merges settings over the plan of a run folder.
std::optional<plan::Draft> draft_with(const std::vector<std::string>& settings,
                                      const base::Folder& run_folder, plan::Catalogue& catalogue,
                                      config::Diagnostics& diagnostics) {
  if (settings.empty()) return draft_in(run_folder, catalogue, diagnostics);
  auto draft = plan::load_draft((run_folder.path() / "plan.yaml").string(), settings, catalogue,
                                diagnostics);
  if (draft && draft->place("run_dir").is_in_argument())
    diagnostics.error(draft->place("run_dir"), "run_dir", "a resumed run stays in its folder");
  return draft;
}

// Lets components use the kernels that the run began with.
void use_kernels_of(const RunRecord& before, plugin_host::PluginHost& host, bool force) {
  const auto kernels = instruction_set_named(before.kernels);
  if (!kernels) return;
  try {
    host.use(*kernels);
  } catch (const Error&) {
    if (!force) throw;  // the difference is reported later
  }
}

}  // namespace

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
                               config::Diagnostics& diagnostics, GoingOn how) {
  RunFolder folder = RunFolder::open(path);
  const RunRecord before = read_record(folder.folder());
  auto draft = draft_with(how.settings, folder.folder(), surroundings.host, diagnostics);
  if (!draft) return nullptr;
  if (!draft->kernels) use_kernels_of(before, surroundings.host, how.force);
  auto prepared = prepare_in_its_folder(*std::move(draft), surroundings.host, diagnostics);
  if (!prepared) return nullptr;
  return open(std::move(*prepared), std::move(folder), surroundings, diagnostics.text(false),
              std::move(how));
}

std::unique_ptr<Run> Run::open(Prepared prepared, RunFolder folder,
                               const Surroundings& surroundings, const std::string& warnings,
                               GoingOn how) {
  const RunRecord before = read_record(folder.folder());
  RunRecord record =
      opening_record(prepared.plan, prepared.experiment, surroundings.host, before.start);
  const std::vector<std::string> accepted =
      check_going_on({folder.folder(), before, prepared, surroundings.host}, record, how);
  folder.remove_leftovers();
  record.overrides = before.overrides;
  record.training_seconds = before.training_seconds;
  record.best = before.best;
  record.log_files = before.log_files;
  record.files = before.files;
  record.changes = before.changes;
  if (!accepted.empty() || before.plan_digest != record.plan_digest)
    record.changes.push_back({how.found.step.value_or(0), std::chrono::system_clock::now(),
                              how.settings, accepted, before.plan_digest, before.total_steps});
  logging::Paint paint = painter_for(prepared.experiment);
  std::unique_ptr<Run> run(new Run(std::move(prepared), std::move(folder), surroundings,
                                   std::move(record), std::move(paint), true));
  run->lend_state();
  run->take_up(how, before, accepted, warnings);
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
      unsynced_(folder_.folder()),
      actions_(folder_, state_, experiment_.update->rate_factor(), plan_digests(record_)),
      goes_on_(goes_on),
      failures_before_(record_.failures.size()),
      seconds_before_(record_.training_seconds) {
  record_.locked = folder_.locked();
  // Also of a run that goes on: who wrote them may have been killed.
  for (const char* name : {"plan.yaml", "config.yaml", "data.json"}) unsynced_.add(name);
  around_.listener.has_processes(around_.git.process());
}

// Writes the record first: a run that is killed here has a record, and so is begun anew.
void Run::write_plan() {
  record_.git = around_.git.answer(0s);
  static_cast<void>(record_file_.write(record_, Sync::content));
  base::write_atomically(folder_.folder(), "plan.yaml", plan_.yaml, Sync::later);
  record_.files = copy_config(folder_.folder(), *plan_.source, plan_.sources);
  for (const auto& [name, digest] : record_.files) unsynced_.add(name);
  record_.files["plan.yaml"] = base::digest(plan_.yaml);
  record_.files["data.json"] = write_data_form(folder_.folder(), data_form(experiment_));
}

// Replaces plan.yaml by the plan that the run goes on with. Where the process is killed before
// run.json follows, the same command goes on. Returns false if the text that was there is not the
// one that the run had written.
bool Run::replace_plan() {
  const std::string text = base::RegularFile(folder_.folder(), "plan.yaml").text(config::max_bytes);
  const auto written = record_.files.find("plan.yaml");
  const bool was_whole = written == record_.files.end() || written->second == base::digest(text);
  if (text != plan_.yaml)
    base::write_atomically(folder_.folder(), "plan.yaml", plan_.yaml, Sync::now);
  record_.files["plan.yaml"] = base::digest(plan_.yaml);
  record_.git = around_.git.answer(0s);
  static_cast<void>(record_file_.write(record_, Sync::content));
  return was_whole;
}

// Returns a sentence for each log file whose bytes that belong to the run, as the checkpoint counts
// them, are others than the run had logged. What is missing is told by the loggers.
std::vector<std::string> Run::altered_logs(const state::StoredTensors& checkpoint) const {
  std::vector<std::string> found;
  const CheckpointFacts facts = checkpoint_facts(checkpoint);
  for (const auto& [name, digest] : facts.log_digests) {
    const auto tensor = checkpoint.header().tensors.find("logs/" + name);
    if (tensor == checkpoint.header().tensors.end() || tensor->second.type != DType::int64 ||
        tensor->second.shape.rank() != 0)
      continue;
    std::int64_t bytes = 0;
    checkpoint.read(tensor->second, std::as_writable_bytes(std::span(&bytes, 1)));
    const std::filesystem::path path = folder_.path() / name;
    std::error_code ignored;
    if (bytes <= 0 || !std::filesystem::exists(path, ignored)) continue;
    try {
      const base::RegularFile file(path);
      const auto known = static_cast<std::uint64_t>(bytes);
      if (file.size() >= known && base::digest_of_first(file, known) != digest)
        found.push_back(fmt::format(
            "{}: its first {} bytes are not those that the run had logged: the file was changed or "
            "damaged since; `assay verify` looks at every line of it",
            path.string(), grouped(bytes)));
    } catch (const Error& error) {
      found.emplace_back(error.what());
    }
  }
  return found;
}

// Tells what is run.
void Run::tell_beginning(const std::string& warnings) {
  open_log();
  write_log(fmt::format("assay {}, started in {}", ASSAY_VERSION,
                        base::one_line(std::filesystem::current_path().string())));
  say([&](base::Columns columns) {
    return opening_lines(plan_, experiment_, around_.host, folder_.path(), columns);
  });
  write_log(warnings);
  if (!record_.locked)
    report(fmt::format("{}: this file system has no locks, so nothing shows whether this run still "
                       "lives, or keeps another program from writing here",
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
  state::write_safetensors(
      folder, name, state_.stored_tensors(),
      checkpoint_metadata({training_.step, record_.failures, 0}, record_.plan_digest));
}

void Run::restore(const std::filesystem::path& path) { restore(state::StoredTensors(path), false); }

// Returns the parts of the file that did not fit.
std::vector<std::string> Run::restore(const state::StoredTensors& file, bool what_fits) {
  const auto& tensors = file.header().tensors;
  if (!is_of_plan(file, plan_digests(record_)))
    throw Error(fmt::format("{}: this is not the state of a run of this plan", file.path()));
  const auto step = tensors.find("step");
  std::int64_t finished = -1;
  if (step != tensors.end() && step->second.type == DType::int64 && step->second.shape.rank() == 0)
    file.read(step->second, std::as_writable_bytes(std::span(&finished, 1)));
  if (finished < 0 || finished > experiment_.steps)
    throw Error(fmt::format("{}: it belongs to step {}, but this run has {}", file.path(), finished,
                            experiment_.steps));
  using Moment = state::Registry::Moment;
  const bool goes_beyond = finished < experiment_.steps && StateBeforeEnd::is_in(file);
  const Moment moment = goes_beyond ? Moment::before_end : Moment::end;
  std::vector<std::string> different;
  if (what_fits) different = state_.restore_what_fits(file, moment);
  else state_.restore(file, moment);
  const CheckpointFacts facts = checkpoint_facts(file);
  if (goes_beyond) obsolete_images_ = facts.pictures_of_end;
  else before_end_.read(file, facts.pictures_of_end);
  actions_.take_up_factors();
  record_.failures = facts.failures;
  if (facts.pictures_left_out > 0)
    record_.failures.push_back(
        fmt::format("{} of earlier steps: not drawn, since the run was asked to stop",
                    counted(facts.pictures_left_out, "picture")));
  failures_before_ = record_.failures.size();
  return different;
}

// Takes up what was found, and only then writes what the run is from now on.
void Run::take_up(const GoingOn& how, const RunRecord& before,
                  const std::vector<std::string>& accepted, const std::string& warnings) {
  const Found& found = how.found;
  std::vector<std::string> left;
  if (found.file) left = restore(*found.file, how.force && !accepted.empty());
  if (!left.empty()) {
    auto& told = record_.changes.back().accepted;
    told.insert(told.end(), left.begin(), left.end());
  }
  const std::vector<std::string> damaged = actions_.damaged();
  // A run that becomes longer cuts its logs back to before the end. If it is killed then, it leaves
  // other bytes than the checkpoint knows.
  const bool goes_beyond =
      found.file && found.step < experiment_.steps && StateBeforeEnd::is_in(*found.file);
  std::vector<std::string> altered;
  if (found.file && !goes_beyond) altered = altered_logs(*found.file);
  bool has_its_plan = true;
  if (found.step) has_its_plan = replace_plan();
  else write_plan();
  tell_beginning(warnings);
  if (before.altered)
    report(fmt::format("{}: {}; the run goes on by what it says",
                       folder_.folder().path_of("run.json"), altered_record),
           Severity::warning);
  if (!has_its_plan)
    report(fmt::format("{}: its text was changed or damaged since the run wrote it; it is written "
                       "anew",
                       folder_.folder().path_of("plan.yaml")),
           Severity::warning);
  for (const std::string& problem : altered) lost(problem);
  folder_.remove_images(obsolete_images_);
  for (const std::string& line : accepted) report(line, Severity::warning);
  for (const std::string& line : left) report(line, Severity::warning);
  for (const auto& [step, problem] : found.damaged) {
    damaged_.insert(step);
    report(found.step ? fmt::format("{}; the one of step {} is used", problem, grouped(*found.step))
                      : problem,
           Severity::warning);
  }
  for (const std::string& problem : damaged)
    lost(fmt::format("{}; the hook that saved it cannot restore it", problem));
  tell_where(how);
}

// Tells where the run continues.
void Run::tell_where(const GoingOn& how) {
  const Found& found = how.found;
  std::string from = found.step ? fmt::format("goes on after step {}", grouped(*found.step))
                                : "has no checkpoint yet, so it begins anew";
  if (found.lacks_pictures)
    from += fmt::format(", as pictures of later steps were not drawn (that of step {} lacks them)",
                        grouped(*found.lacks_pictures));
  if (!record_.changes.empty() && !how.settings.empty())
    from += fmt::format(", with {}", fmt::join(how.settings, " "));
  say([&](base::Columns) { return from; });
}

}  // namespace assay::run
