#include "runner/train/slot_memory.h"

#include <algorithm>
#include <utility>

namespace assay::train {

SlotMemory::SlotMemory(std::vector<DeclaredSlot> declared, const ModelDescription& model,
                       const ParameterSlices& slices)
    : declared_(std::move(declared)) {
  const auto shapes = model.named_shapes();
  for (const DeclaredSlot& each : declared_) {
    state::ParameterMemory& slot = memories_.emplace_back(shapes);
    for (std::size_t i = 0; i < shapes.size(); ++i) std::ranges::fill(slot.values(i), each.initial);
  }
  for (std::size_t i = 0; i < slices.size(); ++i)
    for (state::ParameterMemory& slot : memories_)
      starts_.push_back(slot.values(slices[i].parameter).data() + slices[i].offset);
}

void SlotMemory::lend(const std::string& owner, std::span<const state::NamedShape> parameters,
                      state::Registry& registry) {
  for (std::size_t i = 0; i < memories_.size(); ++i)
    state::lend(owner + "/" + declared_[i].name, parameters, memories_[i], registry);
}

}  // namespace assay::train
