// The slots that an optimizer or a gradient transform declares and the host keeps.
#pragma once

#include <string>
#include <vector>

#include "assay/gradient_transform.h"
#include "assay/optimizer.h"
#include "runner/plugin_host/component.h"

namespace assay::train {

struct DeclaredSlot {
  std::string name;  ///< "mu"
  float initial;     ///< for each weight
};

/// Lets the component declare its slots; call it once. Throws ComponentError if the component does.
/// Throws assay::Error for a slot that cannot be saved and restored: no name, a duplicate name, an
/// initial value that is not finite.
std::vector<DeclaredSlot> declared_slots(const plugin_host::Handle<Optimizer>& optimizer);
std::vector<DeclaredSlot> declared_slots(const plugin_host::Handle<GradientTransform>& transform);

}  // namespace assay::train
