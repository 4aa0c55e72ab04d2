// A copy of a run's whole state, taken between two steps and written while training goes on.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "runner/base/buffer.h"
#include "runner/state/registry.h"
#include "runner/state/safetensors.h"

namespace assay::state {

class StateCopy {
 public:
  /// Allocates the memory for what the registry holds now, and for some more names and numbers.
  /// Throws std::bad_alloc.
  explicit StateCopy(const Registry& registry);

  /// Copies everything, and replaces what was copied before. Allocates only if the registry has
  /// grown by more than expected. Throws std::bad_alloc; the copy is empty then.
  void take(const Registry& registry);

  /// Returns the copies, with the names that they have in a file. They are views.
  const std::vector<NamedTensor>& tensors() const { return tensors_; }

 private:
  base::Buffer memory_;
  std::vector<NamedTensor> tensors_;
};

}  // namespace assay::state
