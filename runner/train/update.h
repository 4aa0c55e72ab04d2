// The second half of a step: adds up the gradients of the lanes and lets the optimizer change the
// weights, slice by slice.
#pragma once

#include <cstdint>
#include <vector>

#include "assay/optimizer.h"
#include "runner/plugin_host/component.h"
#include "runner/state/registry.h"
#include "runner/train/declared_slots.h"
#include "runner/train/network.h"

namespace assay::train {

class Update {
 public:
  /// The size is fixed, so that the result does not depend on the number of threads.
  static constexpr std::size_t slice_elements = 4096;

  /// `declared` are the optimizer's slots: an optimizer declares them once.
  Update(plugin_host::Handle<Optimizer> optimizer, std::vector<DeclaredSlot> declared,
         Network& network, ThreadTeam& team);
  Update(const plugin_host::Handle<Optimizer>& optimizer, Network& network, ThreadTeam& team)
      : Update(optimizer, declared_slots(optimizer), network, team) {}

  /// Applies one update with the gradient of network.gradient(), divided by `weight`, after `count`
  /// finished updates.
  void apply(std::int64_t count, double weight);

  /// Returns the L2 norm, over all parameters, of the mean gradient of the last apply(). It is the
  /// same for any number of threads.
  double gradient_norm() const;

  /// Returns what the optimizer's rates are multiplied by.
  double& rate_factor() { return *optimizer_.object().rate_factor; }

  /// Lends the optimizer's slots: optimizer/SLOT/PARAMETER.
  void lend_state(state::Registry& registry);

  /// Returns the bytes of the optimizer's slots.
  std::size_t slot_bytes() const {
    return slots_.empty() ? 0 : slots_.size() * slots_.front().bytes().size();
  }

 private:
  struct Slice {
    std::size_t parameter;
    std::size_t offset;
    std::size_t count;
    std::vector<float*> slots;  ///< the start of the optimizer's slots of these elements
  };

  // A group of slices that one task processes.
  struct Group {
    std::size_t first;
    std::size_t count;
    std::size_t elements;
  };

  void add(Slice slice);
  void update(const Slice& slice, float scale);

  plugin_host::Handle<Optimizer> optimizer_;
  Network& network_;
  ThreadTeam& team_;
  std::vector<DeclaredSlot> declared_;
  std::vector<state::ParameterMemory> slots_;  ///< as declared_
  std::vector<Slice> slices_;
  std::vector<Group> groups_;
};

}  // namespace assay::train
