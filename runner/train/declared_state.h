// What an optimizer declares to be kept for it.
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

/// Throws ComponentError where the optimizer does, and assay::Error for what cannot be saved and
/// restored: no name, one name twice, a first value that is not finite.
DeclaredState declared_state(const plugin_host::Handle<Optimizer>& optimizer);

}  // namespace assay::train
