// Kind `schedule`: a number that changes with the step. Any parameter that is a rate accepts one.
#pragma once

#include <cstdint>

#include "assay/kind.h"

namespace assay {

class Schedule {
 public:
  static constexpr Kind kind = Kind::schedule;
  virtual ~Schedule() = default;

  /// Begins a run with this number of updates (at least 1). Called once before the first value. The
  /// host has already called begin() of the schedules among this one's options. A schedule without
  /// a given length lasts the whole run. Throw Error or OptionError for a run that the schedule
  /// cannot handle.
  virtual void begin(std::int64_t /*total_steps*/) {}

  /// Returns the value for the update that follows `count` >= 0 finished updates. It must depend
  /// only on count and on the argument of begin(), and be the same for every call, from any thread.
  /// optax's schedules are the reference.
  ///
  /// The value must be finite and within the bounds of the option that uses the schedule. The host
  /// checks each value that it requests, and ends the run at the first one that violates this.
  virtual double value(std::int64_t count) const = 0;
};

}  // namespace assay
