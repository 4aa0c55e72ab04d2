// All the steps at which a trigger fires in a run, computed without iterating over them: a run may
// have 10^12.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "runner/plan/plan.h"

namespace assay::hooks {

class Timetable {
 public:
  /// Lists the steps from 0 to `steps` >= 1 of a finished run at which fires() (trigger.h) returns
  /// true. The requirements for a trigger are the same, except that `at` may be in any order.
  Timetable(const plan::Trigger& trigger, std::int64_t steps, std::int64_t steps_per_epoch);

  /// Returns the number of steps at which it fires.
  std::int64_t count() const;
  /// Returns the first steps, at most `most`, in ascending order.
  std::vector<std::int64_t> first(std::size_t most) const;
  /// Returns the last step; nothing if it never fires.
  std::optional<std::int64_t> last() const;

 private:
  std::int64_t multiples(std::int64_t period) const;
  std::int64_t early(std::int64_t period) const { return (from_ - 1) / period; }
  bool repeats_at(std::int64_t step) const;
  std::optional<std::int64_t> next(std::int64_t after) const;

  std::vector<std::int64_t> periods_;  ///< it fires at their multiples within from_ and until_
  std::int64_t from_;                  ///< at least 1
  std::int64_t until_;
  std::optional<std::int64_t> times_;  ///< at most this many of them; there is only one period then
  std::vector<std::int64_t> single_;   ///< further steps that are not such multiples; ascending
};

}  // namespace assay::hooks
