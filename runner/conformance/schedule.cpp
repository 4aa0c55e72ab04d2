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

// Creates a schedule for a run of this many updates.
Handle made(const Subject& subject, std::int64_t steps) {
  const Handle schedule = subject.make<Schedule>(steps);
  subject.declare_state(schedule);
  return schedule;
}

double value(const Handle& schedule, std::int64_t count) {
  return schedule.call([&](const Schedule& s) { return s.value(count); });
}

bool same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

std::string finite(const Subject& subject) {
  for (const std::int64_t steps : run_lengths) {
    const Handle schedule = made(subject, steps);
    for (const std::int64_t count : counts())
      require(std::isfinite(value(schedule, count)),
              "its value after {} updates is {} (in a run of {})", count, value(schedule, count),
              steps);
  }
  const Handle schedule = made(subject, Subject::usual_steps);
  return fmt::format("{} at first, {} after 1000", value(schedule, 0), value(schedule, 1000));
}

void pure(const Subject& subject, std::int64_t steps) {
  const Handle schedule = made(subject, steps), other = made(subject, steps);
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

// Simulates a resumed run, and one that goes on for longer: a schedule takes up the state of one
// that had another length.
std::string remembers(const Subject& subject) {
  std::size_t bytes = 0;
  for (const std::int64_t before : run_lengths)
    for (const std::int64_t steps : run_lengths) {
      const Handle first = subject.make<Schedule>(before), resumed = subject.make<Schedule>(steps),
                   fresh = made(subject, steps);
      const state::ComponentState& state = subject.declare_state(first);
      for (std::int64_t count = 0; count < before; count += 1 + before / 7) value(first, count);
      subject.declare_state(resumed).assign(state);
      bytes = state.bytes();
      for (const std::int64_t count : counts())
        require(same(value(resumed, count), value(fresh, count)),
                "with the state of a run of {} its value after {} updates of a run of {} is {}, "
                "without it {}; a schedule's state may not change its values",
                before, count, steps, value(resumed, count), value(fresh, count));
    }
  if (bytes == 0) throw NotRun("it remembers nothing");
  return fmt::format("{} bytes of state", bytes);
}

}  // namespace

Suite schedule_suite(const Subject& subject) {
  return {
      {"values are finite", [subject] { return finite(subject); }},
      {"values depend on the count alone", [subject] { return pure_in_all_runs(subject); }},
      {"all state is the host's", [subject] { return remembers(subject); }},
  };
}

}  // namespace assay::conformance
