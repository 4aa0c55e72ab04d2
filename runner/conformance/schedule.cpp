#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "assay/schedule.h"
#include "runner/conformance/neutral.h"
#include "runner/conformance/suites.h"

namespace assay::conformance {
namespace {

using Handle = plugin_host::Handle<Schedule>;

// The lengths of the runs that a schedule is tested with, in updates.
constexpr std::int64_t run_lengths[] = {1, 2, Subject::usual_steps, 1'000'000'000'000};

std::vector<std::int64_t> counts() {
  std::vector<std::int64_t> counts;
  for (std::int64_t i = 0; i <= 1000; ++i) counts.push_back(i);
  for (std::int64_t i = 10'000; i <= 1'000'000'000'000; i *= 10) counts.push_back(i);
  counts.push_back(std::numeric_limits<std::int64_t>::max() - 1);
  return counts;
}

double value(const Handle& schedule, std::int64_t count) {
  return schedule.call([&](const Schedule& s) { return s.value(count); });
}

bool same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

std::string finite(const Subject& subject) {
  for (const std::int64_t steps : run_lengths) {
    const Handle schedule = subject.make<Schedule>(steps);
    for (const std::int64_t count : counts())
      require(std::isfinite(value(schedule, count)),
              "its value after {} updates is {} (in a run of {})", count, value(schedule, count),
              steps);
  }
  const Handle schedule = subject.make<Schedule>();
  return fmt::format("{} at first, {} after 1000", value(schedule, 0), value(schedule, 1000));
}

void pure(const Subject& subject, std::int64_t steps) {
  const Handle schedule = subject.make<Schedule>(steps), other = subject.make<Schedule>(steps);
  const std::vector<std::int64_t> counts = conformance::counts();
  std::vector<double> first;
  for (const std::int64_t count : counts) first.push_back(value(schedule, count));
  const auto compare = [&](const Handle& with, const char* how) {
    for (std::size_t i = counts.size(); i-- > 0;)
      require(same(value(with, counts[i]), first[i]),
              "its value after {} updates is {}, and {} when asked {}; expected a pure function "
              "of the count",
              counts[i], first[i], value(with, counts[i]), how);
  };
  compare(schedule, "again, backwards");
  compare(other, "of a new component");
  at_once(4, [&](int) { compare(schedule, "from several threads"); });
}

std::string pure_in_all_runs(const Subject& subject) {
  for (const std::int64_t steps : run_lengths) pure(subject, steps);
  return {};
}

}  // namespace

Suite schedule_suite(const Subject& subject) {
  return {
      {"values are finite", [subject] { return finite(subject); }},
      {"values depend on the count alone", [subject] { return pure_in_all_runs(subject); }},
  };
}

}  // namespace assay::conformance
