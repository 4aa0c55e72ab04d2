#include "runner/train/update.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "assay/error.h"

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

// Returns the slots of the optimizer. Those of its groups lie in the same memory.
std::vector<DeclaredSlot> checked(std::vector<DeclaredSlot> slots, const Tuning& tuning) {
  const auto same = [](const DeclaredSlot& a, const DeclaredSlot& b) {
    return a.name == b.name && a.initial == b.initial;
  };
  for (const Tuning::Group& group : tuning.groups)
    if (!std::ranges::equal(slots, declared_slots(group.optimizer), same))
      throw Error(fmt::format("{}: it declares different slots when it is made a second time",
                              group.optimizer.who()));
  return slots;
}

double sum_of_squares(std::span<const float> values) {
  double sum = 0;
  for (const float value : values) sum += double{value} * double{value};
  return sum;
}

}  // namespace

Update::Update(plugin_host::Handle<Optimizer> optimizer, std::vector<DeclaredSlot> declared,
               Network& network, ThreadTeam& team, std::vector<PreparedTransform> transforms,
               RawGradientUse raw, Tuning tuning)
    : optimizer_(std::move(optimizer)),
      tuning_(std::move(tuning)),
      network_(network),
      team_(team),
      by_element_(optimizer_.call([](const Optimizer& o) { return o.elementwise(); })),
      pieces_(network.description(), false, tuning_.frozen),
      slices_(network.description(), !by_element_, tuning_.frozen),
      slots_(checked(std::move(declared), tuning_), network.description(), slices_),
      transforms_(std::move(transforms), network, pieces_) {
  if (transforms_.empty()) return;  // the gradient stays as it is
  if (raw.values) raw_.emplace(network.description().named_shapes());
  else if (raw.norm) raw_squares_.resize(pieces_.size());
}

void Update::apply(std::int64_t count, double weight) {
  network_.update_statistics();
  begin_step(count);
  clear_frozen();
  const auto scale = static_cast<float>(1 / weight);
  if (transforms_.empty()) {
    slices_.each(team_, [&](std::size_t slice) {
      add_lanes(slices_[slice], scale);
      optimize(slice);
    });
    return;
  }
  transforms_.run(
      count, team_,
      [&](std::size_t piece) {
        add_lanes(pieces_[piece], scale);
        keep_raw(piece);
      },
      [&](std::size_t piece) {
        if (by_element_) optimize(piece);
      });
  if (!by_element_) slices_.each(team_, [&](std::size_t slice) { optimize(slice); });
}

void Update::begin_step(std::int64_t count) {
  optimizer_.call([&](Optimizer& o) { o.begin_step(count); });
  for (const Tuning::Group& group : tuning_.groups) {
    *group.optimizer.object().rate_factor = rate_factor() * group.factor;
    group.optimizer.call([&](Optimizer& o) { o.begin_step(count); });
  }
}

// Sets the mean gradient of frozen weights to zero.
void Update::clear_frozen() {
  for (std::size_t i = 0; i < tuning_.frozen.size(); ++i)
    if (tuning_.frozen[i]) std::ranges::fill(network_.lane_gradients().front()->values(i), 0.0F);
}

void Update::add_lanes(const ParameterSlice& slice, float scale) {
  const auto lanes = network_.lane_gradients();
  std::vector<const float*> others;
  for (const auto& lane : lanes.subspan(1))
    others.push_back(slice.of(lane->values(slice.parameter)).data());
  add_and_scale(slice.of(lanes[0]->values(slice.parameter)), others, scale);
}

void Update::keep_raw(std::size_t piece) {
  const ParameterSlice& slice = pieces_[piece];
  const auto gradient = slice.of(network_.mean_gradient().values(slice.parameter));
  if (raw_) std::ranges::copy(gradient, slice.of(raw_->values(slice.parameter)).begin());
  else if (!raw_squares_.empty()) raw_squares_[piece] = sum_of_squares(gradient);
}

void Update::optimize(std::size_t index) {
  const ParameterSlice& slice = slices_[index];
  const ParameterInfo& parameter = network_.description().parameters[slice.parameter];
  const std::size_t group = tuning_.group_of.empty() ? 0 : tuning_.group_of[slice.parameter];
  const auto& optimizer = group == 0 ? optimizer_ : tuning_.groups[group - 1].optimizer;
  const UpdateSlice update{parameter.name,
                           parameter.shape,
                           parameter.role,
                           static_cast<std::int64_t>(slice.offset),
                           slice.of(network_.weights().values(slice.parameter)),
                           slice.of(network_.mean_gradient().values(slice.parameter)),
                           slots_.of(index)};
  optimizer.call([&](const Optimizer& o) { o.update(update); });
}

void Update::lend_state(state::Registry& registry) {
  slots_.lend("optimizer", network_.description().named_shapes(), registry);
  transforms_.lend_state(registry);
}

std::size_t Update::raw_bytes() const {
  return (raw_ ? raw_->bytes().size() : 0) + raw_squares_.size() * sizeof(double);
}

const state::ParameterMemory& Update::raw_gradient() const {
  if (transforms_.empty()) return network_.mean_gradient();
  if (!raw_) throw std::logic_error("the gradient before the transforms was not kept");
  return *raw_;
}

double Update::gradient_norm() const {
  std::vector<double> squares = raw_squares_;
  if (squares.empty() && !network_.lane_gradients().empty()) {
    const state::ParameterMemory& gradient = raw_gradient();
    squares.resize(pieces_.size());
    pieces_.each(team_, [&](std::size_t piece) {
      const ParameterSlice& slice = pieces_[piece];
      squares[piece] = sum_of_squares(slice.of(gradient.values(slice.parameter)));
    });
  }
  return std::sqrt(std::accumulate(squares.begin(), squares.end(), 0.0));
}

}  // namespace assay::train
