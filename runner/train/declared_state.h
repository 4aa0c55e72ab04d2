// The state that an optimizer declares and the host keeps.
#pragma once

#include <string>
#include <vector>

#include "assay/optimizer.h"
#include "runner/plugin_host/component.h"

namespace assay::train {

struct DeclaredState {
  struct Slot {
    std::string name;  ///< "mu"
    float initial;     ///< for each weight
  };
  struct Scalar {
    std::string name;
    double initial;
  };
  std::vector<Slot> slots;
  std::vector<Scalar> scalars;
};

/// Throws ComponentError if the optimizer does. Throws assay::Error for state that cannot be saved
/// and restored: no name, a duplicate name, an initial value that is not finite.
DeclaredState declared_state(const plugin_host::Handle<Optimizer>& optimizer);

}  // namespace assay::train
