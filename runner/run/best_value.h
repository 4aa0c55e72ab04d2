// The best value of a run so far, by which one of its checkpoints is kept.
//
// It is compared after each step at which a hook reads it. Of equal values the earlier one is the
// best, and NaN never is. The best value is part of the state of the run: best/of, best/value and
// best/step.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "runner/base/folder.h"
#include "runner/plan/plan.h"
#include "runner/state/registry.h"

namespace assay::run {

struct Best {
  std::string value;  ///< its name: "test.accuracy"
  double number = 0;
  std::int64_t step = 0;
};

class BestValue {
 public:
  /// Restores the best value from the state if that has the same value and mode and the checkpoint
  /// of its step is in the run folder. Borrows the state.
  BestValue(plan::BestPlan plan, state::Registry& state, const base::Folder& run_folder);

  /// Compares the value of a step with the best so far. If it is better, notes it in the state and
  /// returns true. Call it on the training thread.
  bool offer(std::int64_t step, double number);
  /// Notes that the checkpoint of a step is on the disk. May be called from any thread.
  void written(std::int64_t step);
  /// Returns the best value whose checkpoint is on the disk; nothing if there is none. May be
  /// called from any thread.
  std::optional<Best> kept() const;

 private:
  const plan::BestPlan plan_;
  state::Registry& state_;
  std::optional<Best> best_;  ///< changed by the training thread, under the mutex
  mutable std::mutex mutex_;
  std::optional<Best> kept_;
};

}  // namespace assay::run
