// How the rates of an optimizer go over a run, known before it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runner/config/diagnostics.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/plan.h"
#include "runner/plugin_host/schedules.h"

namespace assay::experiment {

/// The values of a rate. A step is one that hooks know: step 1 is the first update.
struct RateCourse {
  /// Every step of a run is looked at up to so many; of a longer one so many, evenly, with both
  /// ends.
  static constexpr std::int64_t most_looked_at = 100'000;

  std::string name;
  double first = 0;
  double peak = 0;             ///< the largest that was seen
  std::int64_t peak_step = 1;  ///< the first step that has it
  double last = 0;
  std::int64_t looked_at = 0;  ///< steps
  std::int64_t zeros = 0;      ///< those of them whose rate is 0
  /// The first step of the zeros at the end of the run; nothing where the last rate is not 0.
  std::int64_t zero_from = 0;
};

/// Follows a rate over a run of `steps` >= 1 updates. Throws ComponentError for a value out of
/// bounds, with the option's name.
RateCourse course_of(const plugin_host::NamedRate& rate, std::int64_t steps);

/// Warns of a rate that is 0 for more than a tenth of the steps, where a schedule brings that about
/// or a number for an option that has no default.
void warn_of_zeros(const plan::Plan& plan, const plugin_host::RateOption& option,
                   const RateCourse& course, std::int64_t steps, plan::Catalogue& catalogue,
                   config::Diagnostics& diagnostics);

}  // namespace assay::experiment
