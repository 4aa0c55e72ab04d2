// Runs a batch on this machine: starts workers (`assay work`) and waits for them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runner/batch/batch.h"
#include "runner/batch/run_status.h"

namespace assay::batch {

struct Local {
  int jobs = 1;                             ///< runs at a time
  int threads = 1;                          ///< of each
  std::optional<std::size_t> max_failures;  ///< ends the batch when so many runs have failed
  std::vector<std::string> limits;          ///< further arguments of `assay work`
  std::vector<std::string> environment;     ///< of the workers, beside this process's
};

/// Returns how many runs go at a time on this machine's share of cores, and how many threads each
/// may use: jobs times threads is never more than the cores. `jobs` is a wish.
Local shared_out(std::optional<int> jobs, std::size_t runs);

/// Starts the workers and returns when all have ended. They are told to stop when `stop`, the
/// number of a signal, is not 0, and when there are too many failures. Throws assay::Error.
void run_here(const Batch& batch, const Local& local, const std::atomic<int>& stop);

/// Waits as long as other processes run runs of the batch, and `stop` is 0.
void wait_for_others(const Batch& batch, const std::atomic<int>& stop);

/// Returns the state of every run, in the order of the batch.
std::vector<Status> statuses_of(const Batch& batch);

/// Writes table.csv and runs.csv. Throws assay::Error.
void write_tables(const Batch& batch, std::span<const Status> statuses);

}  // namespace assay::batch
