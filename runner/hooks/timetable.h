// All the steps at which a trigger fires in a run, known without going through them: a run may have
// 10^12.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "runner/plan/plan.h"

namespace assay::hooks {

class Timetable {
 public:
  /// Of a finished run of `steps` >= 1 steps: the steps from 0 to `steps` where fires() (trigger.h)
  /// says yes. `every`, `every_epoch` and steps_per_epoch are at least 1; `at` is in any order.
  Timetable(const plan::Trigger& trigger, std::int64_t steps, std::int64_t steps_per_epoch);

  /// How often it fires.
  std::int64_t count() const;
  /// The first steps, `most` of them or all; ascending.
  std::vector<std::int64_t> first(std::size_t most) const;
  /// Nothing: it never fires.
  std::optional<std::int64_t> last() const;

 private:
  std::int64_t multiples(std::int64_t period) const;
  bool repeats_at(std::int64_t step) const;
  std::optional<std::int64_t> next(std::int64_t after) const;

  std::vector<std::int64_t> periods_;  ///< it fires at their multiples within from_ and until_
  std::int64_t from_;                  ///< at least 1
  std::int64_t until_;
  std::vector<std::int64_t> single_;  ///< and at these, which are no such multiples; ascending
};

}  // namespace assay::hooks
