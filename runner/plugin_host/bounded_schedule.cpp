#include "runner/plugin_host/bounded_schedule.h"

#include <fmt/format.h>

#include <cmath>

#include "assay/error.h"
#include "runner/plan/bounds.h"

namespace assay::plugin_host {

double BoundedSchedule::value(std::int64_t count) const {
  const double value = schedule_.value(count);
  if (const std::string wrong = complaint(value, count); !wrong.empty())
    throw Error(fmt::format("{}: {}", option_, wrong));
  return value;
}

std::string BoundedSchedule::complaint(double value, std::int64_t count) const {
  if (plan::within(value, parameter_)) return {};
  const std::string bounds = plan::bounds(parameter_);
  const double unsigned_if_nan = std::isnan(value) ? std::abs(value) : value;
  return fmt::format("the schedule {} gives {} at step {}; expected a {}number{}", name_,
                     unsigned_if_nan, count, bounds.empty() ? "finite " : "", bounds);
}

}  // namespace assay::plugin_host
