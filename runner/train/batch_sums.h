// The sums over a whole batch that a model with the facet Phases asks for (assay/phases.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "assay/model.h"
#include "assay/phases.h"
#include "runner/plugin_host/component.h"

namespace assay::train {

class BatchSums {
 public:
  /// Asks the model, which has the facet, for its phases. Throws plugin_host::ComponentError;
  /// assay::Error for more sums than memory can hold.
  explicit BatchSums(const plugin_host::Handle<Model>& model);

  int forward_phases() const { return static_cast<int>(forward_.size()) + 1; }
  int backward_phases() const { return static_cast<int>(backward_.size()) + 1; }

  /// Begins a batch that is divided into this many lanes: there are no totals yet.
  void begin(std::int64_t lanes);
  /// Begins a phase: the sums of every lane are zero.
  void begin_forward(int phase) { begin_phase(forward_, phase); }
  void begin_backward(int phase) { begin_phase(backward_, phase); }
  /// Returns the sums of a lane in this phase. Lanes may be used from different threads.
  std::span<double> of_lane(std::int64_t lane);
  /// Ends the phase: adds up its sums over the lanes, in their order.
  void end_phase();
  /// Returns the totals of all phases that ended since begin().
  std::span<const double> totals() const { return totals_; }

 private:
  void begin_phase(const std::vector<std::size_t>& sums, int phase);

  std::vector<std::size_t> forward_, backward_;  ///< numbers after each phase but the last
  std::int64_t lanes_ = 0;
  std::size_t numbers_ = 0;     ///< of this phase
  std::vector<double> sums_;    ///< of this phase, by lane
  std::vector<double> totals_;  ///< of the phases before
};

}  // namespace assay::train
