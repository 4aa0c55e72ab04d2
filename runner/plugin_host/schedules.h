// Starts schedules once the length of the run is known, and finds the rates of a component.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "assay/parameter.h"
#include "runner/plan/catalogue.h"
#include "runner/plan/values.h"
#include "runner/plugin_host/component.h"

namespace assay::plugin_host {

/// Calls begin() of all schedules in a component, at any depth, with the number of updates in the
/// run, and checks their first values. Does the same if the component itself is a schedule. Call it
/// once for each component, before anything requests a value. Throws ComponentError with the option
/// to blame.
void begin_schedules(Object& component, std::int64_t total_steps);

/// An option of a component that is a rate.
struct RateOption {
  std::string name;  ///< "learning_rate", "groups.0.rate"
  const plan::Value* value;
  const Parameter* parameter;
};

/// Returns the rates in a component's values, including those in groups, lists, and components
/// within it that are not schedules themselves ("inner.learning_rate"). Omits rates that are null.
/// Borrows the arguments. Throws std::runtime_error if a library does not load.
std::vector<RateOption> rate_options(const plan::ComponentPlan& component,
                                     plan::Catalogue& catalogue);

/// A rate of a component that was created: its number, or the schedule that the component follows.
class NamedRate {
 public:
  NamedRate(std::string name, double constant, std::shared_ptr<const double> factor = nullptr)
      : name_(std::move(name)), constant_(constant), factor_(std::move(factor)) {}
  NamedRate(std::string name, std::shared_ptr<Object> schedule,
            std::shared_ptr<const double> factor = nullptr)
      : name_(std::move(name)), schedule_(std::move(schedule)), factor_(std::move(factor)) {}

  const std::string& name() const { return name_; }
  bool is_constant() const { return schedule_ == nullptr; }
  /// Returns the value for the update that follows `count` finished updates, with the factor that a
  /// hook has set. Throws ComponentError with the option's name if the schedule's own value is out
  /// of bounds.
  double at(std::int64_t count) const;

 private:
  std::string name_;
  double constant_ = 0;
  std::shared_ptr<Object> schedule_;
  std::shared_ptr<const double> factor_;  ///< null for 1
};

/// Returns the rates of `options` that `component` follows, without schedules that it did not
/// request.
std::vector<NamedRate> rates(const Object& component, std::span<const RateOption> options);

}  // namespace assay::plugin_host
