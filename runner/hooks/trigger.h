// When a hook fires. The steps are those of the whole run: they do not start again with an epoch,
// and a resumed run neither repeats nor skips one.
//
//   every: n        at n, 2n, 3n, ...
//   every_epoch: n  after the last step of epochs n, 2n, 3n, ...
//   times: n        at n steps, evenly over the run and at the last; with one of the two above at
//   no
//                   more than n of its steps, the last of them included
//   from, until     bound the three above, both included
//   at: [..]        at these steps as well, whatever the bounds; 0 is before training
//   at_end: true    after the last step of a finished run as well
// A hook fires at most once at a step.
#pragma once

#include <cstdint>

#include "runner/plan/plan.h"

namespace assay::hooks {

/// How long a run is.
struct RunLength {
  std::int64_t steps = 1;
  std::int64_t steps_per_epoch = 1;
};

/// Returns true if the trigger fires once `step` steps are finished. `every`, `every_epoch`,
/// `times` and both lengths are at least 1, no more than one of `every` and `every_epoch` stands
/// beside `times`, and `at` is in ascending order, as prepare() leaves it (needs.h).
bool fires(const plan::Trigger& trigger, std::int64_t step, const RunLength& run);

/// `chosen` of `count` things, evenly, the last one included; all where there are no more.
class EvenChoice {
 public:
  EvenChoice(std::int64_t count, std::int64_t chosen)
      : count_(count), chosen_(chosen < count ? chosen : count) {}

  std::int64_t size() const { return chosen_; }
  /// Returns how many of the first `things` are chosen.
  std::int64_t among(std::int64_t things) const;
  /// Returns the place of the number-th that is chosen; both count from 1.
  std::int64_t place(std::int64_t number) const;

 private:
  std::int64_t count_, chosen_;
};

/// The epoch that a step belongs to: counts from 1 when it begins; 0 is before training.
std::int64_t epoch_of(std::int64_t step, std::int64_t steps_per_epoch);

}  // namespace assay::hooks
