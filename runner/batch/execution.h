// Runs a batch: shares out the cores, and watches its workers (workers.h) until they have ended.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runner/batch/batch.h"
#include "runner/batch/workers.h"

namespace assay::batch {

/// How a batch is run.
struct Execution {
  int jobs = 1;                             ///< runs at a time
  int threads = 1;                          ///< of each
  std::optional<std::size_t> max_failures;  ///< ends the batch when so many runs have failed
  std::vector<std::string> limits;          ///< further arguments of `assay work`
  std::vector<std::string> environment;     ///< of the workers, beside this process's
  WorkerNeeds needs;                        ///< of each worker; the cores are `threads`
  /// Called some twenty times a second while runs run.
  std::function<void()> meanwhile = [] {};
};

/// Returns how many runs go at a time, and how many threads each may use. On this machine jobs
/// times threads is never more than its share of cores. In another place a run has the cores that
/// the launcher names, or one. `jobs` is a wish.
Execution shared_out(std::optional<int> jobs, std::size_t runs, const LaunchPlace& place);

/// Returns the workers that run the batch so.
WantedWorkers wanted_workers(const Batch& batch, const Execution& execution);

/// Returns when all workers have ended. They are told to stop when `stop`, the number of a signal,
/// is not 0, and when there are too many failures. Throws what the launcher throws.
void execute(const Batch& batch, const Execution& execution, Workers& workers,
             const std::atomic<int>& stop);

/// Waits as long as other processes run runs of the batch, and `stop` is 0.
void wait_for_others(const Batch& batch, const Execution& execution, const std::atomic<int>& stop);

}  // namespace assay::batch
