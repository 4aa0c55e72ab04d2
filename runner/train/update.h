// The second half of a step: adds up the gradients of the lanes, lets the gradient transforms
// change the mean, and the optimizer the weights, slice by slice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "assay/optimizer.h"
#include "runner/plugin_host/component.h"
#include "runner/state/registry.h"
#include "runner/train/declared_slots.h"
#include "runner/train/gradient_transforms.h"
#include "runner/train/network.h"
#include "runner/train/parameter_slices.h"
#include "runner/train/slot_memory.h"

namespace assay::train {

/// The parts of the gradient before any transform that somebody reads after a step.
struct RawGradientUse {
  bool values = false;
  bool norm = false;
};

/// The weights that training leaves alone or moves at another rate than the rest.
struct Tuning {
  /// An optimizer of the same type and options for the weights whose rates have a factor. It is a
  /// component of its own, because begin_step() sets a rate for all slices that follow.
  struct Group {
    plugin_host::Handle<Optimizer> optimizer;
    double factor = 1;  ///< of its rates
  };

  std::vector<bool> frozen;  ///< by parameter; empty: none is
  std::vector<Group> groups;
  std::vector<std::size_t> group_of;  ///< by parameter, a number of `groups` + 1; empty or 0: none
};

class Update {
 public:
  /// `declared` are the optimizer's slots: an optimizer declares them once. `raw` says what has to
  /// be kept because transforms change the gradient. Weights that `tuning` freezes have no slots
  /// and no part in transforms or norms; their gradient is zero for everyone who reads it. Throws
  /// std::bad_alloc; assay::Error if the optimizers of the tuning declare other slots.
  Update(plugin_host::Handle<Optimizer> optimizer, std::vector<DeclaredSlot> declared,
         Network& network, ThreadTeam& team, std::vector<PreparedTransform> transforms = {},
         RawGradientUse raw = {}, Tuning tuning = {});
  Update(const plugin_host::Handle<Optimizer>& optimizer, Network& network, ThreadTeam& team)
      : Update(optimizer, declared_slots(optimizer), network, team) {}
  Update(const Update&) = delete;
  Update& operator=(const Update&) = delete;

  /// Applies one update with the gradient of network.gradient(), divided by `weight`, after `count`
  /// finished updates.
  void apply(std::int64_t count, double weight);

  /// Returns the mean gradient of the last apply() before any transform. Throws std::logic_error if
  /// it was not kept.
  const state::ParameterMemory& raw_gradient() const;
  /// Returns the L2 norm, over all parameters, of that gradient. It is the same for any number of
  /// threads. Throws std::logic_error if neither was kept.
  double gradient_norm() const;

  /// Returns the factor of the optimizer's rates, including those of all groups.
  double& rate_factor() { return *optimizer_.object().rate_factor; }

  /// Lends the slots: optimizer/SLOT/PARAMETER, gradient_transforms/NAME/SLOT/PARAMETER.
  void lend_state(state::Registry& registry);

  /// Returns the bytes of the slots and of the transforms' sums.
  std::size_t slot_bytes() const { return slots_.bytes() + transforms_.bytes(); }
  /// Returns the bytes that the copy of the gradient before any transform takes.
  std::size_t raw_bytes() const;

 private:
  void begin_step(std::int64_t count);
  void clear_frozen();
  void add_lanes(const ParameterSlice& slice, float scale);
  void keep_raw(std::size_t piece);
  void optimize(std::size_t slice);

  plugin_host::Handle<Optimizer> optimizer_;
  Tuning tuning_;
  Network& network_;
  ThreadTeam& team_;
  bool by_element_;
  ParameterSlices pieces_;  ///< of a fixed size, of all weights that are trained
  ParameterSlices slices_;  ///< the optimizer's: pieces_, or whole parameters
  SlotMemory slots_;
  GradientTransforms transforms_;
  std::optional<state::ParameterMemory> raw_;  ///< the gradient before the transforms
  std::vector<double> raw_squares_;            ///< the sums of its squares, by piece
};

}  // namespace assay::train
