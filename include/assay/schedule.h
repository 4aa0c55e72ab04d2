// Kind `schedule`: a number that changes with the step. Allowed wherever a parameter is a rate.
#pragma once

#include <cstdint>

#include "assay/kind.h"

namespace assay {

class Schedule {
 public:
  static constexpr Kind kind = Kind::schedule;
  virtual ~Schedule() = default;

  /// Called once before the first value, with the number of updates that the run has (at least 1).
  /// The schedules that came with the options of this one have been called already. A schedule
  /// whose length was left out lasts the whole run. Throw Error or OptionError for a run that will
  /// not do.
  virtual void begin(std::int64_t /*total_steps*/) {}

  /// The value for the update that follows `count` >= 0 finished updates. A pure function of count
  /// and of what begin() was told: the same for every call, from any thread. optax's schedules are
  /// the reference.
  /// It must be finite and within the bounds of the option that the schedule is given for: the host
  /// looks at each value that is asked for, and the run ends with the first that is not.
  virtual double value(std::int64_t count) const = 0;
};

}  // namespace assay
