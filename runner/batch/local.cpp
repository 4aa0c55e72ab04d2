#include "runner/batch/local.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <set>
#include <system_error>
#include <thread>

#include "runner/base/atomic_file.h"
#include "runner/base/machine_share.h"
#include "runner/base/own_process.h"
#include "runner/batch/table.h"

namespace assay::batch {
namespace {

using namespace std::chrono_literals;

constexpr auto glance = 50ms;

// Counts the failures of a batch. It reads what each attempt left once, when the folder changes.
class Failures {
 public:
  explicit Failures(const Batch& batch) : batch_(batch) {
    for (const BatchRun& run : batch.runs)
      if (status_of(batch, run).state == State::failed) old_.insert(run.name);
  }

  // Returns the number of runs that have failed since the beginning.
  std::size_t count() {
    std::error_code error;
    const auto changed = std::filesystem::last_write_time(batch_.folder / "attempts", error);
    if (error || changed == changed_) return count_;
    changed_ = changed;
    count_ = 0;
    for (const BatchRun& run : batch_.runs)
      if (!old_.contains(run.name) && status_of(batch_, run).state == State::failed) ++count_;
    return count_;
  }

 private:
  const Batch& batch_;
  std::set<std::string> old_;
  std::filesystem::file_time_type changed_;
  std::size_t count_ = 0;
};

}  // namespace

Local shared_out(std::optional<int> jobs, std::size_t runs) {
  const auto cores = static_cast<int>(base::cores_given().amount);
  const int most = static_cast<int>(std::min<std::size_t>(std::max<std::size_t>(runs, 1), 4096));
  Local local;
  local.jobs = std::min(jobs.value_or(cores), most);
  local.threads = std::max(1, cores / local.jobs);
  return local;
}

void run_here(const Batch& batch, const Local& local, const std::atomic<int>& stop) {
  std::vector<std::string> arguments = {"work", batch.folder.string(), "--threads",
                                        std::to_string(local.threads)};
  arguments.insert(arguments.end(), local.limits.begin(), local.limits.end());
  std::optional<Failures> failures;
  if (local.max_failures) failures.emplace(batch);
  std::vector<std::unique_ptr<base::OwnProcess>> workers;
  for (int job = 0; job < local.jobs; ++job)
    workers.push_back(std::make_unique<base::OwnProcess>(base::OwnProcess::Setup{
        .arguments = arguments, .has_own_group = true, .environment = local.environment}));
  bool told = false;
  const auto all_ended = [&] {
    // The first that is still there is waited for, the others are only looked at.
    auto time = std::chrono::milliseconds(glance);
    bool all = true;
    for (const auto& worker : workers) {
      const bool has_ended = worker->wait(time);
      if (!has_ended) time = 0ms;
      all = all && has_ended;
    }
    return all;
  };
  while (!all_ended()) {
    const bool too_many = failures && failures->count() >= *local.max_failures;
    if (told || (stop.load() == 0 && !too_many)) continue;
    for (const auto& worker : workers) worker->send(stop.load() != 0 ? stop.load() : SIGTERM);
    told = true;
  }
}

void wait_for_others(const Batch& batch, const std::atomic<int>& stop) {
  const auto is_running = [&](const BatchRun& run) {
    return status_of(batch, run).state == State::running;
  };
  while (stop.load() == 0 && std::ranges::any_of(batch.runs, is_running))
    std::this_thread::sleep_for(glance);
}

std::vector<Status> statuses_of(const Batch& batch) {
  std::vector<Status> statuses;
  statuses.reserve(batch.runs.size());
  for (const BatchRun& run : batch.runs) statuses.push_back(status_of(batch, run));
  return statuses;
}

void write_tables(const Batch& batch, std::span<const Status> statuses) {
  base::write_atomically(batch.folder / "table.csv", as_csv(results_by_key(batch, statuses)));
  base::write_atomically(batch.folder / "runs.csv", as_csv(circumstances(batch, statuses)));
}

}  // namespace assay::batch
