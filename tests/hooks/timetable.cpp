#include "runner/hooks/timetable.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <limits>
#include <random>
#include <sstream>
#include <vector>

#include "runner/hooks/trigger.h"

using assay::hooks::Timetable;
using assay::plan::Trigger;
using Steps = std::vector<std::int64_t>;

namespace {

constexpr std::int64_t endless = std::numeric_limits<std::int64_t>::max();

// Returns the steps that the trainer would find, step by step.
Steps tried(Trigger trigger, std::int64_t steps, std::int64_t steps_per_epoch) {
  std::sort(trigger.at.begin(), trigger.at.end());
  Steps found;
  for (std::int64_t step = 0; step <= steps; ++step)
    if (assay::hooks::fires(trigger, step, {steps, steps_per_epoch})) found.push_back(step);
  return found;
}

std::string text(const Trigger& t, std::int64_t steps, std::int64_t steps_per_epoch) {
  std::ostringstream out;
  out << "every " << t.every.value_or(0) << ", every_epoch " << t.every_epoch.value_or(0)
      << ", times " << t.times.value_or(0) << ", from " << t.from.value_or(-1) << ", until "
      << t.until.value_or(-1) << ", at_end " << t.at_end << ", at";
  for (const std::int64_t step : t.at) out << ' ' << step;
  out << "; " << steps << " steps, " << steps_per_epoch << " an epoch";
  return out.str();
}

Trigger random_trigger(std::mt19937& random) {
  const auto number = [&random](int least, int most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(random);
  };
  const auto maybe = [&](int least, int most) -> std::optional<std::int64_t> {
    if (number(0, 1) == 0) return std::nullopt;
    return number(least, most);
  };
  Trigger trigger;
  trigger.every = maybe(1, 12);
  trigger.every_epoch = maybe(1, 6);
  if (!trigger.every || !trigger.every_epoch) trigger.times = maybe(1, 20);
  trigger.from = maybe(0, 40);
  trigger.until = maybe(0, 60);
  trigger.at_end = number(0, 3) == 0;
  for (std::int64_t n = number(0, 3); n > 0; --n) trigger.at.push_back(number(0, 60));
  return trigger;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(timetable)

BOOST_AUTO_TEST_CASE(as_if_every_step_were_tried) {
  std::mt19937 random(1);
  std::int64_t firings = 0;
  for (int i = 0; i < 20'000; ++i) {
    const Trigger trigger = random_trigger(random);
    const std::int64_t steps = std::uniform_int_distribution<std::int64_t>(1, 60)(random);
    const std::int64_t epoch = std::uniform_int_distribution<std::int64_t>(1, 9)(random);
    const Steps expected = tried(trigger, steps, epoch);
    const Timetable timetable(trigger, steps, epoch);
    const Steps found = timetable.first(1000);
    const bool same =
        found == expected && timetable.count() == static_cast<std::int64_t>(expected.size()) &&
        timetable.last() == (expected.empty() ? std::optional<std::int64_t>() : expected.back());
    BOOST_TEST(same, text(trigger, steps, epoch)
                         << ": " << timetable.count() << " firings, not " << expected.size());
    firings += timetable.count();
  }
  BOOST_TEST_MESSAGE(firings << " firings");
}

BOOST_AUTO_TEST_CASE(the_first_few) {
  const Timetable accuracy({.every = 10, .at = {1}}, 3000, 1);
  BOOST_TEST(accuracy.first(4) == Steps({1, 10, 20, 30}));
  BOOST_TEST(accuracy.first(0) == Steps());
  BOOST_TEST(accuracy.count() == 301);
  BOOST_TEST(accuracy.last().value() == 3000);
}

BOOST_AUTO_TEST_CASE(the_longest_runs_take_no_longer) {
  const Timetable often({.every = 2, .every_epoch = 3, .at = {1, 0}, .at_end = true},
                        1'000'000'000'001, 5);
  // These are every second step, and every odd multiple of 15; and 0, 1 and the last step.
  BOOST_TEST(often.count() == 500'000'000'000 + (66'666'666'666 - 33'333'333'333) + 3);
  BOOST_TEST(often.first(6) == Steps({0, 1, 2, 4, 6, 8}));
  BOOST_TEST(often.last().value() == 1'000'000'000'001);

  const Timetable hundred({.times = 100}, 1'000'000'000'001, 1);
  BOOST_TEST(hundred.count() == 100);
  BOOST_TEST(hundred.first(2) == Steps({10'000'000'001, 20'000'000'001}));
  BOOST_TEST(hundred.last().value() == 1'000'000'000'001);
  BOOST_TEST(Timetable({.times = endless - 1}, endless, 1).count() == endless - 1);
  BOOST_TEST(Timetable({.times = 3}, endless, 1).last().value() == endless);
  BOOST_TEST(Timetable({.every_epoch = 1, .times = 1000}, 43'000'000'000, 43).count() == 1000);

  BOOST_TEST(Timetable({.every = endless}, endless, 1).count() == 1);
  BOOST_TEST(Timetable({.every = endless}, endless - 1, 1).count() == 0);
  BOOST_TEST(Timetable({.every = 10, .from = 11, .until = 19}, endless, 1).count() == 0);
  BOOST_TEST(Timetable({.every_epoch = endless / 43 + 1}, endless, 43).count() == 0);
  BOOST_TEST(Timetable({.every_epoch = endless / 43}, endless, 43).count() == 1);
  BOOST_TEST(Timetable({.every = 1, .every_epoch = 1}, endless, 1).count() == endless);
  BOOST_TEST(Timetable({.every = 1, .at = {0}}, endless, 1).count() == endless);  // one too few
  // Periods whose least common multiple is beyond 64 bits.
  const std::int64_t large = std::int64_t{1} << 40;
  BOOST_TEST(Timetable({.every = large, .every_epoch = large - 1}, 3 * large, 1).count() == 6);
  BOOST_TEST(Timetable({.at = {500}}, 74, 1).count() == 0);
  BOOST_TEST(!Timetable({.at = {500}}, 74, 1).last().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
