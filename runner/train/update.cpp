#include "runner/train/update.h"

#include <algorithm>
#include <utility>

namespace assay::train {
namespace {

struct Declared final : OptimizerState {
  std::vector<std::pair<std::string, float>> slots;
  std::vector<std::pair<std::string, double>> scalars;

  int slot(std::string_view name, float initial) override {
    slots.emplace_back(name, initial);
    return static_cast<int>(slots.size()) - 1;
  }
  int scalar(std::string_view name, double initial) override {
    scalars.emplace_back(name, initial);
    return static_cast<int>(scalars.size()) - 1;
  }
};

}  // namespace

Update::Update(plugin_host::Handle<Optimizer> optimizer, Network& network, ThreadTeam& team)
    : optimizer_(std::move(optimizer)),
      network_(network),
      team_(team),
      gradient_(network.description()) {
  const ModelDescription& model = network.description();
  Declared declared;
  optimizer_.call([&](Optimizer& o) { o.declare(declared); });
  for (const auto& [name, initial] : declared.slots) {
    Slot& slot = slots_.emplace_back(Slot{name, ParameterMemory(model)});
    for (std::size_t i = 0; i < model.parameters.size(); ++i)
      std::ranges::fill(slot.values.values(i), initial);
  }
  for (const auto& [name, initial] : declared.scalars) {
    scalar_names_.push_back(name);
    scalars_.push_back(initial);
  }
  const bool by_element = optimizer_.call([](const Optimizer& o) { return o.elementwise(); });
  for (std::size_t i = 0; i < model.parameters.size(); ++i) {
    const std::int64_t elements = model.parameters[i].shape.elements();
    const std::int64_t size = by_element ? slice_elements : elements;
    for (std::int64_t offset = 0; offset < elements; offset += size)
      slices_.push_back({i, offset, std::min(size, elements - offset)});
  }
}

void Update::apply(std::int64_t count, double weight) {
  optimizer_.call([&](Optimizer& o) { o.begin_step(count, scalars_); });
  const auto scale = static_cast<float>(1 / weight);
  team_.run(static_cast<std::int64_t>(slices_.size()), [&](std::int64_t index, int) {
    update(slices_[static_cast<std::size_t>(index)], scale);
  });
  network_.weights_changed();
}

void Update::update(const Slice& slice, float scale) {
  const auto piece = [&](std::span<float> whole) {
    return whole.subspan(static_cast<std::size_t>(slice.offset),
                         static_cast<std::size_t>(slice.count));
  };
  const auto lanes = network_.lane_gradients();
  const std::span<float> gradient = piece(gradient_.values(slice.parameter));
  std::ranges::copy(piece(lanes[0]->values(slice.parameter)), gradient.begin());
  for (const auto& lane : lanes.subspan(1)) {
    const float* add = piece(lane->values(slice.parameter)).data();
    for (std::size_t i = 0; i < gradient.size(); ++i) gradient[i] += add[i];
  }
  for (float& g : gradient) g *= scale;

  std::vector<float*> slots;
  for (Slot& slot : slots_) slots.push_back(piece(slot.values.values(slice.parameter)).data());
  const ParameterInfo& parameter = network_.description().parameters[slice.parameter];
  const UpdateSlice update{parameter.name,
                           parameter.shape,
                           parameter.role,
                           slice.offset,
                           piece(network_.weights().values(slice.parameter)),
                           gradient,
                           slots};
  optimizer_.call([&](const Optimizer& o) { o.update(update); });
}

}  // namespace assay::train
