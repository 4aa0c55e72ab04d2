// The maximum memory that a run takes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runner/base/machine_share.h"
#include "runner/config/diagnostics.h"
#include "runner/experiment/experiment.h"

namespace assay::experiment {

/// The bytes that are held at the same time during training.
struct MemoryUse {
  std::size_t weights = 0;
  std::size_t gradients = 0;   ///< one for each lane, and what is kept for hooks
  std::size_t slots = 0;       ///< the optimizer's, gradient transforms', what components declared
  std::size_t snapshot = 0;    ///< the copy of weights and slots that becomes a checkpoint
  std::size_t workspaces = 0;  ///< a block of rows for each thread
  std::size_t data = 0;        ///< rows in memory, the order of an epoch, outputs of evaluations
  std::size_t pictures = 0;    ///< the queued pictures, and the one that is being drawn
  std::size_t program = 0;     ///< the program and its plugins, with all their own memory

  std::size_t total() const {
    return weights + gradients + slots + snapshot + workspaces + data + pictures + program;
  }
};

/// Estimates future memory from the trainer's own sizes, and asks the system how much is held
/// already, because a dataset may hold any amount. So call it in the process that will train, while
/// this experiment is all that the process has created.
MemoryUse memory_use(const Experiment& experiment);
/// Does the same where it is known how much the program holds.
MemoryUse memory_use(const Experiment& experiment, std::size_t program);

/// Warns if a run will need more memory than is given to it.
void warn_of_memory(const MemoryUse& use, const base::Share& given,
                    config::Diagnostics& diagnostics);

}  // namespace assay::experiment
