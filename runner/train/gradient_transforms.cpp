#include "runner/train/gradient_transforms.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "assay/error.h"

namespace assay::train {
namespace {

constexpr std::size_t most_sums = 64;  // GradientTransform::sums()

void begin_step(const plugin_host::Handle<GradientTransform>& transform, std::int64_t count,
                std::span<const double> totals) {
  transform.call([&](GradientTransform& t) { t.begin_step(count, totals); });
}

}  // namespace

PreparedTransform prepare(std::string name, plugin_host::Handle<GradientTransform> transform) {
  std::vector<DeclaredSlot> slots = declared_slots(transform);
  const std::size_t sums = transform.call([](const GradientTransform& t) { return t.sums(); });
  if (sums > most_sums)
    throw Error(fmt::format("{}: its sums() returns {}; expected 0 to {}", transform.who(), sums,
                            most_sums));
  return {std::move(name), std::move(transform), std::move(slots), sums};
}

GradientTransforms::GradientTransforms(std::vector<PreparedTransform> transforms, Network& network,
                                       const ParameterSlices& slices)
    : network_(network), slices_(slices) {
  std::size_t sums = 0;
  for (PreparedTransform& each : transforms) {
    sums = std::max(sums, each.sums);
    members_.push_back({std::move(each.name), std::move(each.transform),
                        SlotMemory(std::move(each.slots), network.description(), slices),
                        each.sums});
  }
  sums_.resize(slices.size() * sums);
  totals_.resize(sums);
}

void GradientTransforms::run(std::int64_t count, ThreadTeam& team, const SliceWork& first,
                             const SliceWork& last) {
  std::size_t applied = 0, begun = 0;  // how many of the members
  for (bool is_first = true; is_first || applied < members_.size(); is_first = false) {
    for (; begun < members_.size() && members_[begun].sums == 0; ++begun)
      begin_step(members_[begun].transform, count, {});
    const Member* const reducing = begun < members_.size() ? &members_[begun] : nullptr;
    const auto known = std::span(members_).subspan(applied, begun - applied);
    slices_.each(team, [&](std::size_t index) {
      if (is_first) first(index);
      for (const Member& member : known) {
        const GradientSlice now = slice(member, index);
        member.transform.call([&](const GradientTransform& t) { t.apply(now); });
      }
      if (reducing != nullptr) reduce(*reducing, index);
      else last(index);
    });
    applied = begun;
    if (reducing == nullptr) continue;
    begin_step(reducing->transform, count, add_up(*reducing));
    ++begun;
  }
}

GradientSlice GradientTransforms::slice(const Member& member, std::size_t index) const {
  const ParameterSlice& place = slices_[index];
  const ParameterInfo& parameter = network_.description().parameters[place.parameter];
  const state::ParameterMemory& weights = network_.weights();
  return {parameter.name,
          parameter.shape,
          parameter.role,
          static_cast<std::int64_t>(place.offset),
          place.of(network_.lane_gradients().front()->values(place.parameter)),
          place.of(weights.values(place.parameter)),
          member.slots.of(index)};
}

void GradientTransforms::reduce(const Member& member, std::size_t index) {
  const auto sums = std::span(sums_).subspan(index * member.sums, member.sums);
  std::ranges::fill(sums, 0.0);
  const GradientSlice now = slice(member, index);
  member.transform.call([&](const GradientTransform& t) { t.reduce(now, sums); });
}

// Adds up the sums of the slices, in their order.
std::span<const double> GradientTransforms::add_up(const Member& member) {
  const auto totals = std::span(totals_).first(member.sums);
  for (std::size_t i = 0; i < member.sums; ++i) {
    totals[i] = 0;
    for (std::size_t slice = 0; slice < slices_.size(); ++slice)
      totals[i] += sums_[slice * member.sums + i];
  }
  return totals;
}

void GradientTransforms::lend_state(state::Registry& registry) {
  const auto shapes = network_.description().named_shapes();
  for (Member& member : members_)
    member.slots.lend("gradient_transforms/" + member.name, shapes, registry);
}

std::size_t GradientTransforms::bytes() const {
  std::size_t bytes = (sums_.size() + totals_.size()) * sizeof(double);
  for (const Member& member : members_) bytes += member.slots.bytes();
  return bytes;
}

}  // namespace assay::train
