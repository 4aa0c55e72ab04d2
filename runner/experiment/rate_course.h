// The course of an optimizer's rates over a run, computed before the run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/config/diagnostics.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/draft.h"
#include "runner/plugin_host/schedules.h"

namespace assay::experiment {

/// The values of a rate. Steps count as in hooks: step 1 is the first update.
struct RateCourse {
  /// The maximum number of steps that are checked. A shorter run is checked completely; in a longer
  /// one this many steps are checked, evenly spread and including both ends.
  static constexpr std::int64_t most_looked_at = 100'000;

  std::string name;
  double first = 0;
  double peak = 0;             ///< the largest that was seen
  std::int64_t peak_step = 1;  ///< the first step that has it
  double last = 0;
  std::int64_t looked_at = 0;  ///< steps
  std::int64_t zeros = 0;      ///< those of them whose rate is 0
  /// The first step of the zeros at the end of the run; nothing if the last rate is not 0.
  std::int64_t zero_from = 0;
};

/// Follows a rate over a run of `steps` >= 1 updates. Throws ComponentError with the option's name
/// for a value out of bounds.
RateCourse course_of(const plugin_host::NamedRate& rate, std::int64_t steps);

/// Warns about a rate that is 0 for more than a tenth of the steps, if the cause is a schedule, or
/// a number for an option without a default.
void warn_of_zeros(const plan::Draft& draft, const plugin_host::RateOption& option,
                   const RateCourse& course, std::int64_t steps, plan::Catalogue& catalogue,
                   config::Diagnostics& diagnostics);

}  // namespace assay::experiment
