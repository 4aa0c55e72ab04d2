// The memory of the slots that a component declared.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "runner/state/parameter_memory.h"
#include "runner/state/registry.h"
#include "runner/train/declared_slots.h"
#include "runner/train/parameter_slices.h"

namespace assay::train {

class SlotMemory {
 public:
  /// Every number has its slot's initial value at first. Parameters without slices get no memory.
  /// Throws std::bad_alloc.
  SlotMemory(std::vector<DeclaredSlot> declared, const ModelDescription& model,
             const ParameterSlices& slices);

  /// Returns where the slots of a slice start.
  std::span<float* const> of(std::size_t slice) const {
    return std::span(starts_).subspan(slice * memories_.size(), memories_.size());
  }
  /// Lends all slots: OWNER/SLOT/PARAMETER. `parameters` are the model's.
  void lend(const std::string& owner, std::span<const state::NamedShape> parameters,
            state::Registry& registry);
  /// Returns the bytes of all slots.
  std::size_t bytes() const {
    return memories_.empty() ? 0 : memories_.size() * memories_.front().bytes().size();
  }

 private:
  std::vector<DeclaredSlot> declared_;
  std::vector<state::ParameterMemory> memories_;  ///< as declared_
  std::vector<float*> starts_;                    ///< of each slice the slots, in order
};

}  // namespace assay::train
