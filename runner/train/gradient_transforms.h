// Lets the gradient transforms of a run change the mean gradient, slice by slice.
//
// A step takes as few rounds over the slices as the sums need. A round applies all transforms whose
// totals are known, and computes the sums of their result that the next one needs. So transforms
// without sums cost no round of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "assay/gradient_transform.h"
#include "runner/plugin_host/component.h"
#include "runner/state/registry.h"
#include "runner/train/declared_slots.h"
#include "runner/train/network.h"
#include "runner/train/parameter_slices.h"
#include "runner/train/slot_memory.h"

namespace assay::train {

/// A gradient transform with what it declared.
struct PreparedTransform {
  std::string name;  ///< in the config
  plugin_host::Handle<GradientTransform> transform;
  std::vector<DeclaredSlot> slots;
  std::size_t sums = 0;
};

/// Asks a transform, once, for its slots and the number of its sums. Throws ComponentError if the
/// transform does, and assay::Error for what declared_slots() refuses or a number of sums that is
/// not allowed.
PreparedTransform prepare(std::string name, plugin_host::Handle<GradientTransform> transform);

class GradientTransforms {
 public:
  using SliceWork = std::function<void(std::size_t slice)>;

  /// Borrows the network and the slices, which are not whole parameters.
  GradientTransforms(std::vector<PreparedTransform> transforms, Network& network,
                     const ParameterSlices& slices);

  bool empty() const { return members_.empty(); }

  /// Runs all transforms after `count` finished updates. Calls first(slice) before any of them gets
  /// the slice; it must leave the slice of the mean gradient in network.mean_gradient(). Calls
  /// last(slice) when all of them have changed it, and no later round reads its weights.
  void run(std::int64_t count, ThreadTeam& team, const SliceWork& first, const SliceWork& last);

  /// Lends the slots: gradient_transforms/NAME/SLOT/PARAMETER.
  void lend_state(state::Registry& registry);
  /// Returns the bytes of slots and sums.
  std::size_t bytes() const;

 private:
  struct Member {
    std::string name;
    plugin_host::Handle<GradientTransform> transform;
    SlotMemory slots;
    std::size_t sums;
  };

  GradientSlice slice(const Member& member, std::size_t index) const;
  void reduce(const Member& member, std::size_t index);
  std::span<const double> add_up(const Member& member);

  Network& network_;
  const ParameterSlices& slices_;
  std::vector<Member> members_;
  std::vector<double> sums_;  ///< of each slice, for the member that is being reduced for
  std::vector<double> totals_;
};

}  // namespace assay::train
