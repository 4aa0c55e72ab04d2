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
  /// The steps from 0 to `steps` >= 1 of a finished run at which fires() (trigger.h) says yes, and
  /// what it expects of a trigger; but `at` is in any order.
  Timetable(const plan::Trigger& trigger, std::int64_t steps, std::int64_t steps_per_epoch);

  /// How often it fires.
  std::int64_t count() const;
  /// The first steps, `most` of them or all; ascending.
  std::vector<std::int64_t> first(std::size_t most) const;
  /// Nothing: it never fires.
  std::optional<std::int64_t> last() const;

 private:
  std::int64_t multiples(std::int64_t period) const;
  std::int64_t early(std::int64_t period) const { return (from_ - 1) / period; }
  bool repeats_at(std::int64_t step) const;
  std::optional<std::int64_t> next(std::int64_t after) const;

  std::vector<std::int64_t> periods_;  ///< it fires at their multiples within from_ and until_
  std::int64_t from_;                  ///< at least 1
  std::int64_t until_;
  std::optional<std::int64_t> times_;  ///< no more of them; then there is one period
  std::vector<std::int64_t> single_;   ///< and at these, which are no such multiples; ascending
};

}  // namespace assay::hooks
