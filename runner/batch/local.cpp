#include "runner/batch/local.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <system_error>
#include <thread>

#include "runner/base/atomic_file.h"
#include "runner/base/machine_share.h"
#include "runner/batch/live.h"
#include "runner/batch/results.h"

namespace assay::batch {
namespace {

using namespace std::chrono_literals;

constexpr auto glance = 50ms;

}  // namespace

Local shared_out(std::optional<int> jobs, std::size_t runs, const LaunchPlace& place) {
  const auto cores = static_cast<int>(base::cores_given().amount);
  const int most = static_cast<int>(std::min<std::size_t>(std::max<std::size_t>(runs, 1), 4096));
  Local local;
  local.jobs = std::min(jobs.value_or(cores), most);
  local.threads = place.cores > 0 ? static_cast<int>(std::min<std::int64_t>(place.cores, 4096))
                  : place.is_this_machine ? std::max(1, cores / local.jobs)
                                          : 1;
  return local;
}

WantedWorkers wanted_workers(const Batch& batch, const Local& local) {
  WantedWorkers wanted{
      .count = local.jobs,
      .arguments = {"work", batch.folder.string(), "--threads", std::to_string(local.threads)},
      .environment = local.environment,
      .each = local.needs};
  wanted.arguments.insert(wanted.arguments.end(), local.limits.begin(), local.limits.end());
  wanted.each.cores = local.threads;
  return wanted;
}

void watch(const Batch& batch, const Local& local, Workers& workers, const std::atomic<int>& stop) {
  std::optional<Watch> ends;
  if (local.max_failures) ends.emplace(batch, statuses_of(batch));
  const std::size_t failed_before = ends ? ends->view().failed : 0;
  const auto are_too_many = [&] {
    if (!ends) return false;
    ends->look();
    return ends->view().failed - failed_before >= *local.max_failures;
  };
  bool told = false;
  while (!workers.wait(glance)) {
    local.meanwhile();
    if (told || (stop.load() == 0 && !are_too_many())) continue;
    workers.stop(stop.load() != 0 ? stop.load() : SIGTERM);
    told = true;
  }
}

void wait_for_others(const Batch& batch, const Local& local, const std::atomic<int>& stop) {
  const auto is_running = [&](const BatchRun& run) {
    return status_of(batch, run).state == State::running;
  };
  while (stop.load() == 0 && std::ranges::any_of(batch.runs, is_running)) {
    local.meanwhile();
    std::this_thread::sleep_for(glance);
  }
}

void write_tables(const Batch& batch, std::span<const Status> statuses) {
  base::write_atomically(batch.folder / "table.csv", as_csv(results_by_key(batch, statuses)));
  base::write_atomically(batch.folder / "runs.csv", as_csv(circumstances(batch, statuses)));
}

}  // namespace assay::batch
