#include "runner/train/update.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace assay::train {
namespace {

/// Computes sum = scale * (sum + others[0] + others[1] + ...), adding in this order.
void add_and_scale(std::span<float> sum, std::span<const float* const> others, float scale) {
  if (others.empty())
    for (float& element : sum) element *= scale;
  for (std::size_t lane = 0; lane < others.size(); ++lane) {
    const float* const other = others[lane];
    const float factor = lane + 1 == others.size() ? scale : 1.0F;
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] = factor * (sum[i] + other[i]);
  }
}

}  // namespace

Update::Update(plugin_host::Handle<Optimizer> optimizer, std::vector<DeclaredSlot> declared,
               Network& network, ThreadTeam& team)
    : optimizer_(std::move(optimizer)),
      network_(network),
      team_(team),
      declared_(std::move(declared)) {
  const ModelDescription& model = network.description();
  const auto shapes = model.named_shapes();
  for (const DeclaredSlot& each : declared_) {
    state::ParameterMemory& slot = slots_.emplace_back(shapes);
    for (std::size_t i = 0; i < model.parameters.size(); ++i)
      std::ranges::fill(slot.values(i), each.initial);
  }
  const bool by_element = optimizer_.call([](const Optimizer& o) { return o.elementwise(); });
  for (std::size_t i = 0; i < model.parameters.size(); ++i) {
    const auto elements = static_cast<std::size_t>(model.parameters[i].shape.elements());
    const std::size_t size = by_element ? slice_elements : elements;
    for (std::size_t offset = 0; offset < elements; offset += size) {
      Slice slice{i, offset, std::min(size, elements - offset), {}};
      for (state::ParameterMemory& slot : slots_)
        slice.slots.push_back(slot.values(i).data() + offset);
      add(std::move(slice));
    }
  }
}

// Adds a slice. Small slices share a task, because handing out a task costs more time than updating
// a bias.
void Update::add(Slice slice) {
  const std::size_t elements = slice.count;
  slices_.push_back(std::move(slice));
  if (!groups_.empty() && groups_.back().elements + elements <= slice_elements) {
    ++groups_.back().count;
    groups_.back().elements += elements;
  } else {
    groups_.push_back({slices_.size() - 1, 1, elements});
  }
}

void Update::apply(std::int64_t count, double weight) {
  network_.update_statistics();
  optimizer_.call([&](Optimizer& o) { o.begin_step(count); });
  const auto scale = static_cast<float>(1 / weight);
  team_.run(static_cast<std::int64_t>(groups_.size()), [&](std::int64_t index, int) {
    const Group& group = groups_[static_cast<std::size_t>(index)];
    for (std::size_t i = group.first; i < group.first + group.count; ++i) update(slices_[i], scale);
  });
}

void Update::lend_state(state::Registry& registry) {
  const auto shapes = network_.description().named_shapes();
  for (std::size_t i = 0; i < slots_.size(); ++i)
    state::lend("optimizer/" + declared_[i].name, shapes, slots_[i], registry);
}

double Update::gradient_norm() const {
  const auto lanes = network_.lane_gradients();
  std::vector<std::span<const float>> pieces;
  if (!lanes.empty())  // the first one holds the mean gradient since apply()
    for (std::size_t i = 0; i < network_.description().parameters.size(); ++i) {
      const std::span<const float> values = lanes[0]->values(i);
      for (std::size_t offset = 0; offset < values.size(); offset += slice_elements)
        pieces.push_back(values.subspan(offset, std::min(slice_elements, values.size() - offset)));
    }
  std::vector<double> squares(pieces.size());
  team_.run(static_cast<std::int64_t>(pieces.size()), [&](std::int64_t index, int) {
    double sum = 0;
    for (const float g : pieces[static_cast<std::size_t>(index)]) sum += double{g} * double{g};
    squares[static_cast<std::size_t>(index)] = sum;
  });
  return std::sqrt(std::accumulate(squares.begin(), squares.end(), 0.0));
}

void Update::update(const Slice& slice, float scale) {
  const auto piece = [&](std::span<float> whole) {
    return whole.subspan(slice.offset, slice.count);
  };
  const auto lanes = network_.lane_gradients();
  const std::span<float> gradient = piece(lanes[0]->values(slice.parameter));
  std::vector<const float*> others;
  for (const auto& lane : lanes.subspan(1))
    others.push_back(piece(lane->values(slice.parameter)).data());
  add_and_scale(gradient, others, scale);

  const ParameterInfo& parameter = network_.description().parameters[slice.parameter];
  const UpdateSlice update{parameter.name,
                           parameter.shape,
                           parameter.role,
                           static_cast<std::int64_t>(slice.offset),
                           piece(network_.weights().values(slice.parameter)),
                           gradient,
                           slice.slots};
  optimizer_.call([&](const Optimizer& o) { o.update(update); });
}

}  // namespace assay::train
