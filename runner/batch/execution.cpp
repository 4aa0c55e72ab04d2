#include "runner/batch/execution.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include "runner/base/machine_share.h"
#include "runner/batch/live.h"
#include "runner/batch/run_status.h"

namespace assay::batch {
namespace {

using namespace std::chrono_literals;

constexpr auto glance = 50ms;

}  // namespace

Execution shared_out(std::optional<int> jobs, std::size_t runs, const LaunchPlace& place) {
  const auto cores = static_cast<int>(base::cores_given().amount);
  const int most = static_cast<int>(std::min<std::size_t>(std::max<std::size_t>(runs, 1), 4096));
  Execution execution;
  execution.jobs = std::min(jobs.value_or(cores), most);
  execution.threads = place.cores > 0 ? static_cast<int>(std::min<std::int64_t>(place.cores, 4096))
                      : place.is_this_machine ? std::max(1, cores / execution.jobs)
                                              : 1;
  return execution;
}

WantedWorkers wanted_workers(const Batch& batch, const Execution& execution) {
  WantedWorkers wanted{
      .count = execution.jobs,
      .arguments = {"work", batch.folder.string(), "--threads", std::to_string(execution.threads)},
      .environment = execution.environment,
      .each = execution.needs};
  wanted.arguments.insert(wanted.arguments.end(), execution.limits.begin(), execution.limits.end());
  wanted.each.cores = execution.threads;
  return wanted;
}

void execute(const Batch& batch, const Execution& execution, Workers& workers,
             const std::atomic<int>& stop) {
  std::optional<Watch> ends;
  if (execution.max_failures) ends.emplace(batch, statuses_of(batch));
  const std::size_t failed_before = ends ? ends->view().failed : 0;
  const auto are_too_many = [&] {
    if (!ends) return false;
    ends->look();
    return ends->view().failed - failed_before >= *execution.max_failures;
  };
  bool told = false;
  while (!workers.wait(glance)) {
    execution.meanwhile();
    if (told || (stop.load() == 0 && !are_too_many())) continue;
    workers.stop(stop.load() != 0 ? stop.load() : SIGTERM);
    told = true;
  }
}

void wait_for_others(const Batch& batch, const Execution& execution, const std::atomic<int>& stop) {
  const auto is_running = [&](const BatchRun& run) {
    return status_of(batch, run).state == State::running;
  };
  while (stop.load() == 0 && std::ranges::any_of(batch.runs, is_running)) {
    execution.meanwhile();
    std::this_thread::sleep_for(glance);
  }
}

}  // namespace assay::batch
