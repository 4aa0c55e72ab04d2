#include "runner/train/slot_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace assay::train {

SlotMemory::SlotMemory(std::vector<DeclaredSlot> declared, const ModelDescription& model,
                       const ParameterSlices& slices)
    : declared_(std::move(declared)) {
  auto shapes = model.named_shapes();
  std::vector<bool> is_used(shapes.size());
  for (std::size_t i = 0; i < slices.size(); ++i) is_used[slices[i].parameter] = true;
  for (std::size_t i = 0; i < shapes.size(); ++i)
    if (!is_used[i]) shapes[i].shape = Shape{0};  // no memory
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
  for (std::size_t slot = 0; slot < memories_.size(); ++slot)
    for (std::size_t i = 0; i < parameters.size(); ++i)
      if (const auto values = memories_[slot].values(i); !values.empty())
        registry.lend(fmt::format("{}/{}/{}", owner, declared_[slot].name, parameters[i].name),
                      parameters[i].shape, values);
}

}  // namespace assay::train
