#include "runner/verify/resumption.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <system_error>
#include <utility>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/git_state.h"
#include "runner/base/utf8.h"
#include "runner/run/checkpoints.h"
#include "runner/run/run.h"

namespace assay::verify {
namespace {

namespace fs = std::filesystem;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "assay-verify-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw Error(fmt::format("{} cannot be created: {}", name,
                              std::error_code(errno, std::generic_category()).message()));
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// Shows nothing, and keeps the errors.
class Quiet final : public run::Listener, public Terminal {
 public:
  void say(const Lines& /*lines*/) override {}
  void problem(config::Severity severity, const std::string& message) override {
    const std::lock_guard lock(mutex_);
    if (severity == config::Severity::error) errors_ += "\n  " + base::one_line(message);
  }
  void reached(run::Stage /*stage*/) override {}
  void has_processes(pid_t /*group*/) override {}
  void draws(std::size_t /*pictures_left*/) override {}
  void trained(const std::string& /*model_type*/, const train::ModelDescription& /*model*/,
               const state::ParameterMemory& /*weights*/) override {}
  void out_of_memory() noexcept override {}
  Terminal& terminal() override { return *this; }

  bool interactive() const override { return false; }
  bool colours() const override { return false; }
  int columns() const override { return 80; }
  void print(std::string_view /*line*/) override {}
  void status(std::string_view /*line*/) override {}

  std::string errors() const {
    const std::lock_guard lock(mutex_);
    return errors_;
  }

 private:
  mutable std::mutex mutex_;
  std::string errors_;
};

// Copies the folder of a run as if it had been killed after a step: later checkpoints are left out,
// and the record says that it is running. Logs and pictures of later steps stay.
void copy_until(const fs::path& from, const fs::path& to, std::int64_t step) {
  fs::copy(from, to, fs::copy_options::recursive);
  const base::Folder folder(to);
  run::RunRecord record = run::read_record(folder);
  record.state = "running";
  record.end.reset();
  static_cast<void>(run::RecordFile(folder).write(record, base::Sync::later));
  for (const std::int64_t each : run::checkpoint_steps(folder))
    if (each != step) fs::remove(to / "checkpoints" / run::checkpoint_name(each));
}

class ResumeProof {
 public:
  ResumeProof(const Prepare& prepare, plugin_host::PluginHost& host,
              const std::atomic<int>& stop_signal)
      : prepare_(prepare), host_(host), stop_signal_(stop_signal) {
    git_.end();
  }

  std::optional<Proof> prove(std::optional<std::int64_t> steps) {
    if (!plan_steps(steps)) return std::nullopt;
    const fs::path whole = folder_.path() / "whole", again = folder_.path() / "again";
    if (!train_new(whole) || (!proof_.is_stopped && !train_new(again))) return std::nullopt;
    if (proof_.is_stopped) return proof_;
    compare(whole, again, 0);
    fs::remove_all(again);
    for (const std::int64_t step : steps_to_take_up(proof_.steps, proof_.steps_per_epoch)) {
      if (!proof_.differences.empty() || proof_.is_stopped) break;
      const fs::path resumed = folder_.path() / fmt::format("resumed_{}", step);
      copy_until(whole, resumed, step);
      take_up(resumed);
      if (proof_.is_stopped) break;
      compare(whole, resumed, step);
      proof_.taken_up.push_back(step);
      fs::remove_all(resumed);
    }
    return proof_;
  }

 private:
  // Finds how many steps the runs have. Returns false if the plan cannot be run.
  bool plan_steps(std::optional<std::int64_t> steps) {
    const auto prepared = prepare_(folder_.path() / "none", {"resume=false"});
    if (!prepared) return false;
    proof_.steps_of_plan = prepared->experiment.steps;
    proof_.steps_per_epoch = prepared->experiment.batches->steps_per_epoch();
    proof_.steps =
        std::min(proof_.steps_of_plan,
                 steps.value_or(default_steps(proof_.steps_of_plan, proof_.steps_per_epoch)));
    return true;
  }

  // Trains a new run. Returns false if the plan cannot be run.
  bool train_new(const fs::path& folder) {
    std::vector<std::string> arguments = {
        "resume=false", fmt::format("checkpoints={{every: 1, every_seconds: never, at_end: true, "
                                    "keep: {}}}",
                                    proof_.steps)};
    if (proof_.steps < proof_.steps_of_plan) {
      arguments.emplace_back("train.epochs=null");
      arguments.push_back(fmt::format("train.steps={}", proof_.steps));
    }
    auto prepared = prepare_(folder, arguments);
    if (!prepared) return false;
    owners_.emplace(prepared->plan, host_);
    const auto now = std::chrono::system_clock::now();
    Quiet listener;
    train(*run::Run::create(std::move(*prepared), run::RunFolder::create(folder.string(), now),
                            {host_, listener, git_, stop_signal_, requests_}, {now, {}, {}}),
          listener);
    return true;
  }

  void take_up(const fs::path& folder) {
    config::Diagnostics diagnostics;
    Quiet listener;
    const base::Folder opened(folder);
    const run::GoingOn how{
        run::find_checkpoint(opened, run::plan_digests(run::read_record(opened)))};
    const auto run =
        run::Run::open(folder, {host_, listener, git_, stop_signal_, requests_}, diagnostics, how);
    if (!run) throw Error("the run cannot be resumed:\n" + diagnostics.text(false));
    train(*run, listener);
  }

  // Trains a run to its end. A hook may end it early.
  void train(run::Run& run, const Quiet& listener) {
    const run::Ending ending = run.train();
    proof_.is_stopped = ending == run::Ending::stopped;
    if (ending != run::Ending::done && ending != run::Ending::stopped)
      throw Error("a run did not end as it should, so nothing is proved:" + listener.errors());
    proof_.steps = run.record().steps;
    if (proof_.steps == 0 && !proof_.is_stopped)
      throw Error("the run ends before its first step, so nothing is proved");
    owners_->know_weights(run.state());
  }

  void compare(const fs::path& whole, const fs::path& other, std::int64_t taken_up) {
    Comparison found = differences_between(whole, other, taken_up, *owners_);
    for (Difference& difference : found.differences)
      proof_.differences.push_back(std::move(difference));
    proof_.not_compared = std::move(found.not_compared);
  }

  const Prepare& prepare_;
  plugin_host::PluginHost& host_;
  const std::atomic<int>& stop_signal_;
  const std::atomic<unsigned> requests_ = 0;
  base::GitQuery git_;
  TemporaryFolder folder_;
  std::optional<Owners> owners_;
  Proof proof_;
};

}  // namespace

std::int64_t default_steps(std::int64_t steps_of_plan, std::int64_t steps_per_epoch) {
  constexpr std::int64_t fewest = 10, most = 100;
  return std::min(steps_of_plan, std::clamp(std::min(steps_per_epoch, most) * 2, fewest, most));
}

std::vector<std::int64_t> steps_to_take_up(std::int64_t steps, std::int64_t steps_per_epoch) {
  const std::int64_t half = steps_per_epoch / 2;
  std::int64_t middle = steps_per_epoch + half;
  if (half == 0 || middle >= steps) middle = half > 0 && half < steps ? half : steps / 2;
  std::set<std::int64_t> wanted = {1, middle, steps_per_epoch};
  std::erase_if(wanted, [steps](std::int64_t step) { return step < 1 || step >= steps; });
  return {wanted.begin(), wanted.end()};
}

std::optional<Proof> prove_resume(const Prepare& prepare, plugin_host::PluginHost& host,
                                  std::optional<std::int64_t> steps,
                                  const std::atomic<int>& stop_signal) {
  return ResumeProof(prepare, host, stop_signal).prove(steps);
}

}  // namespace assay::verify
