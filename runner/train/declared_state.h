// The state that an optimizer declares and the host keeps.
#pragma once

#include <string_view>
#include <vector>

#include "assay/optimizer.h"
#include "runner/plugin_host/component.h"

namespace assay::train {

struct DeclaredState {
  std::vector<float> slots;     ///< their initial values
  std::vector<double> scalars;  ///< likewise
};

/// Throws ComponentError if the optimizer does. Throws assay::Error for state that cannot be saved
/// and restored: no name, a duplicate name, an initial value that is not finite.
DeclaredState declared_state(const plugin_host::Handle<Optimizer>& optimizer);

}  // namespace assay::train
