// A worker runs the waiting runs of a batch one by one, each in a process of its own, until none is
// left. Any number of workers may work on one batch, on any number of machines; each run is claimed
// by one of them (run_status.h). A worker that is killed ends its run, which another one takes up
// from its last checkpoint.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runner/batch/batch.h"
#include "runner/batch/run_status.h"

namespace assay::batch {

struct WorkOptions {
  int threads = 1;                            ///< that a run may use
  std::optional<std::chrono::seconds> time;   ///< after which a run is ended
  std::optional<std::int64_t> memory;         ///< bytes of address space of a run
  std::vector<std::string> environment = {};  ///< of a run, beside this process's
};

/// Is told that a run has ended, in whichever way.
using Ended = std::function<void(const BatchRun&, const Status&)>;

/// Runs what waits, each run at most once. Ends early when `stop`, the number of a signal, is not
/// 0; the present run is sent that signal first and saves its state. Throws assay::Error if the
/// folder of the batch cannot be used.
void work(const Batch& batch, const WorkOptions& options, const std::atomic<int>& stop,
          const Ended& ended);

}  // namespace assay::batch
