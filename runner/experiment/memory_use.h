// How much memory training takes, in the trainer's own sizes.
#pragma once

#include <cstddef>

#include "runner/experiment/experiment.h"

namespace assay::experiment {

/// In bytes; what is held all the time that training goes on. Not in it: what a dataset holds by
/// itself, outputs that pictures keep, the queue to the loggers (at most logging::Log's limit), and
/// the program.
struct MemoryUse {
  std::size_t weights = 0;
  std::size_t gradients = 0;   ///< one for each lane
  std::size_t slots = 0;       ///< what the optimizer remembers
  std::size_t workspaces = 0;  ///< a block of rows for each thread
  std::size_t data = 0;        ///< the splits' rows that are copied into memory

  std::size_t total() const { return weights + gradients + slots + workspaces + data; }
};

MemoryUse memory_use(const Experiment& experiment);

}  // namespace assay::experiment
