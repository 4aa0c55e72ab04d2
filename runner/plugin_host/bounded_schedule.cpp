#include "runner/plugin_host/bounded_schedule.h"

#include <fmt/format.h>

#include <cmath>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/plan/bounds.h"

namespace assay::plugin_host {

void BoundedSchedule::begin(std::int64_t total_steps) {
  schedule_.begin(total_steps);
  begun_ = true;
}

double BoundedSchedule::value(std::int64_t count) const {
  if (!begun_)
    throw Error(
        fmt::format("{}: a constructor asks for a value, but the schedule {} has none before the "
                    "length of the run is known",
                    option_, name_));
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
                     unsigned_if_nan, grouped(count), bounds.empty() ? "finite " : "", bounds);
}

}  // namespace assay::plugin_host
