// A schedule as its owner sees it: the component that received it as an option.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "assay/parameter.h"
#include "assay/schedule.h"

namespace assay::plugin_host {

/// Passes on the values of another schedule, each of which must be finite and within the bounds of
/// the option. value() throws assay::Error for a value that is not, and if called before begin().
class BoundedSchedule final : public Schedule {
 public:
  /// Borrows `schedule`. `name` is the schedule's name, "cosine"; `option` is like "learning_rate".
  BoundedSchedule(Schedule& schedule, std::string name, const Parameter& parameter,
                  std::string option)
      : schedule_(schedule),
        name_(std::move(name)),
        parameter_(parameter),
        option_(std::move(option)) {}

  void begin(std::int64_t total_steps) override;
  double value(std::int64_t count) const override;
  /// Returns the schedule's value without a check.
  double unchecked(std::int64_t count) const { return schedule_.value(count); }
  /// Returns the complaint about a value: "the schedule cosine gives -1 at step 0; expected a
  /// number of at least 0". Empty if the value is valid.
  std::string complaint(double value, std::int64_t count) const;

 private:
  Schedule& schedule_;
  std::string name_;
  Parameter parameter_;
  std::string option_;
  bool begun_ = false;
};

}  // namespace assay::plugin_host
