// How much memory a run takes at most.
#pragma once

#include <cstddef>
#include <cstdint>

#include "runner/config/diagnostics.h"
#include "runner/experiment/experiment.h"

namespace assay::experiment {

/// In bytes: what is held at the same time while training goes on.
struct MemoryUse {
  std::size_t weights = 0;
  std::size_t gradients = 0;   ///< one for each lane
  std::size_t slots = 0;       ///< what the optimizer remembers
  std::size_t workspaces = 0;  ///< a block of rows for each thread
  std::size_t data = 0;        ///< rows that are copied into memory, and the order of an epoch
  std::size_t pictures = 0;    ///< those that wait to be drawn, and the one that is drawn
  std::size_t program = 0;  ///< the program and its plugins with all that they hold by themselves

  std::size_t total() const {
    return weights + gradients + slots + workspaces + data + pictures + program;
  }
};

/// Counts what is to come by the trainer's own sizes, and asks the system for what is held already:
/// a dataset may hold anything. So this is right for the process that will train, and at a time
/// when nothing else was made than this experiment.
MemoryUse memory_use(const Experiment& experiment);

/// Warns where a run will need more than the memory that was given.
void warn_of_memory(const Experiment& experiment, config::Diagnostics& diagnostics);

}  // namespace assay::experiment
