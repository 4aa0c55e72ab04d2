// The steps at which a hook fires. They count over the whole run: they do not start again with an
// epoch, and a resumed run neither repeats nor skips one.
//
//   every: n        at n, 2n, 3n, ...
//   every_epoch: n  after the last step of epochs n, 2n, 3n, ...
//   times: n        at n steps, evenly over the run, including the last; together with one of the
//                   two above, at no more than n of its steps, including the last of them
//   from, until     inclusive bounds of the three above
//   at: [..]        at these steps as well, without regard to the bounds; 0 is before training
//   at_end: true    after the last step of a finished run as well
// A hook fires at most once per step.
#pragma once

#include <cstdint>

#include "runner/plan/plan.h"

namespace assay::hooks {

/// The length of a run.
struct RunLength {
  std::int64_t steps = 1;
  std::int64_t steps_per_epoch = 1;
};

/// Returns true if the trigger fires once `step` steps are finished. `every`, `every_epoch`,
/// `times` and both lengths must be at least 1. `times` may be combined with only one of `every`
/// and `every_epoch`. `at` must be in ascending order, as prepare() leaves it (needs.h).
bool fires(const plan::Trigger& trigger, std::int64_t step, const RunLength& run);

/// Chooses `chosen` of `count` things evenly, including the last one; all if there are no more.
class EvenChoice {
 public:
  EvenChoice(std::int64_t count, std::int64_t chosen)
      : count_(count), chosen_(chosen < count ? chosen : count) {}

  std::int64_t size() const { return chosen_; }
  /// Returns how many of the first `things` are chosen.
  std::int64_t among(std::int64_t things) const;
  /// Returns the position of the number-th chosen thing; both count from 1.
  std::int64_t place(std::int64_t number) const;

 private:
  std::int64_t count_, chosen_;
};

/// Returns the epoch that a step belongs to. It counts from 1 when it begins; 0 is before training.
std::int64_t epoch_of(std::int64_t step, std::int64_t steps_per_epoch);

}  // namespace assay::hooks
