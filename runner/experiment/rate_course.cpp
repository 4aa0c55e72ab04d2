#include "runner/experiment/rate_course.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <variant>

#include "assay/number_text.h"
#include "runner/base/wording.h"
#include "runner/hooks/trigger.h"

namespace assay::experiment {
namespace {

RateCourse constant_course(const plugin_host::NamedRate& rate, std::int64_t steps) {
  const double value = rate.at(0);
  RateCourse course{rate.name(), value, value, 1, value, steps, 0, 0};
  if (value == 0) {
    course.zeros = steps;
    course.zero_from = 1;
  }
  return course;
}

// Returns the option that set the length of a schedule to this many steps, if null would mean the
// whole run; an empty text otherwise.
std::string length_option(const plan::ComponentPlan& schedule, std::int64_t steps,
                          plan::Catalogue& catalogue) {
  for (const Parameter& parameter : catalogue.parameters(Kind::schedule, schedule.type))
    if (parameter.fallback != nullptr && std::string_view(parameter.fallback) == "null" &&
        plan::optional<std::int64_t>(schedule.values, parameter.name) == steps)
      return parameter.name;
  return {};
}

}  // namespace

RateCourse course_of(const plugin_host::NamedRate& rate, std::int64_t steps) {
  if (rate.is_constant()) return constant_course(rate, steps);
  RateCourse course;
  course.name = rate.name();
  course.first = course.peak = rate.at(0);
  course.looked_at = std::min(steps, RateCourse::most_looked_at);
  // Choose the steps after the first evenly, including the last one.
  const hooks::EvenChoice others(steps - 1, course.looked_at - 1);
  for (std::int64_t i = 0; i < course.looked_at; ++i) {
    const std::int64_t count = i == 0 ? 0 : others.place(i);
    const double value = rate.at(count);
    if (value > course.peak) {
      course.peak = value;
      course.peak_step = count + 1;
    }
    if (value != 0) {
      course.zero_from = 0;
    } else {
      ++course.zeros;
      if (course.zero_from == 0) course.zero_from = count + 1;
    }
    course.last = value;
  }
  return course;
}

void warn_of_zeros(const plan::Draft& draft, const plugin_host::RateOption& option,
                   const RateCourse& course, std::int64_t steps, plan::Catalogue& catalogue,
                   config::Diagnostics& diagnostics) {
  const auto* schedule = std::get_if<plan::ComponentPlan>(&option.value->data);
  // A single step may well begin a rise from 0, and if 0 is the default it is intended.
  if (course.zeros < 2 || course.zeros <= course.looked_at / 10) return;
  if (schedule == nullptr && option.parameter->fallback != nullptr) return;
  const bool exact = course.looked_at == steps;
  std::string where_zero;
  if (course.zeros == course.looked_at) {
    where_zero = fmt::format("all {} steps of this run", grouped(steps));
  } else if (exact) {
    where_zero =
        fmt::format("{} of the {} steps of this run", grouped(course.zeros), grouped(steps));
  } else {
    where_zero =
        fmt::format("about {:.0f} % of the {} steps of this run",
                    100 * static_cast<double>(course.zeros) / static_cast<double>(course.looked_at),
                    grouped(steps));
  }
  if (course.zero_from > 1)
    where_zero += fmt::format(", among them all from {} {} on", exact ? "step" : "about step",
                              grouped(course.zero_from));
  config::Location where = schedule != nullptr ? schedule->where : option.value->where;
  if (where.source == nullptr) where = draft.optimizer.where;
  const std::string length = schedule == nullptr || !exact
                                 ? std::string()
                                 : length_option(*schedule, course.zero_from - 1, catalogue);
  diagnostics.warning(
      where, base::joined("optimizer", option.name), fmt::format("it is 0 in {}", where_zero),
      length.empty() ? "" : fmt::format("without `{}` it lasts the whole run", length));
}

}  // namespace assay::experiment
