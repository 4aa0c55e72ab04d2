// Schedules, once the length of the run is known; and the rates that a component follows.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "assay/parameter.h"
#include "runner/plan/values.h"
#include "runner/plugin_host/component.h"

namespace assay::plugin_host {

/// Tells the schedules in a component, however deep they are nested, how many updates the run has,
/// and looks at their first values. A component that is a schedule is told as well. Call it once
/// for each component, before anything asks for a value. Throws ComponentError with the option to
/// blame.
void begin_schedules(Object& component, std::int64_t total_steps);

/// An option of a component that is a rate.
struct RateOption {
  std::string name;  ///< "learning_rate", "groups.0.rate"
  const plan::Value* value;
  const Parameter* parameter;
};

/// Finds the rates in a component's values, in groups and lists too. Those that are null are left
/// out. The references are borrowed.
std::vector<RateOption> rate_options(const plan::Values& values, std::span<const Parameter> table);

/// A rate of a component that was made: its number, or the schedule that the component follows.
class NamedRate {
 public:
  NamedRate(std::string name, double constant) : name_(std::move(name)), constant_(constant) {}
  NamedRate(std::string name, std::shared_ptr<Object> schedule)
      : name_(std::move(name)), schedule_(std::move(schedule)) {}

  const std::string& name() const { return name_; }
  bool is_constant() const { return schedule_ == nullptr; }
  /// Returns the value for the update that follows `count` finished updates. Throws ComponentError
  /// with the option's name where it is out of bounds.
  double at(std::int64_t count) const;

 private:
  std::string name_;
  double constant_ = 0;
  std::shared_ptr<Object> schedule_;
};

/// Returns the rates of `options` that `component` follows; a schedule that it did not ask for is
/// none of them.
std::vector<NamedRate> rates(const Object& component, std::span<const RateOption> options);

}  // namespace assay::plugin_host
