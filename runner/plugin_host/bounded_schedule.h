// A schedule as the component has it that was given one as an option.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "assay/parameter.h"
#include "assay/schedule.h"

namespace assay::plugin_host {

/// Gives the values of another schedule, of which each must be finite and keep to the bounds of the
/// option: value() throws assay::Error for the first that does not, and before begin().
class BoundedSchedule final : public Schedule {
 public:
  /// `schedule` is borrowed; `name` is its own, "cosine"; `option`: "learning_rate".
  BoundedSchedule(Schedule& schedule, std::string name, const Parameter& parameter,
                  std::string option)
      : schedule_(schedule),
        name_(std::move(name)),
        parameter_(parameter),
        option_(std::move(option)) {}

  void begin(std::int64_t total_steps) override;
  double value(std::int64_t count) const override;
  /// The value as the schedule gives it, unchecked.
  double unchecked(std::int64_t count) const { return schedule_.value(count); }
  const std::string& option() const { return option_; }
  /// What is wrong with a value: "the schedule cosine gives -1 at step 0; expected a number of at
  /// least 0". Empty: nothing.
  std::string complaint(double value, std::int64_t count) const;

 private:
  Schedule& schedule_;
  std::string name_;
  Parameter parameter_;
  std::string option_;
  bool begun_ = false;
};

}  // namespace assay::plugin_host
