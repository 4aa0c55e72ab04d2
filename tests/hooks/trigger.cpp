#include "runner/hooks/trigger.h"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <string>
#include <vector>

using assay::hooks::fires;
using assay::plan::Trigger;
using Steps = std::vector<std::int64_t>;

namespace {

constexpr std::int64_t endless = std::numeric_limits<std::int64_t>::max();

void check(const std::string& what, const Trigger& trigger, std::int64_t steps_per_epoch,
           std::int64_t total, const Steps& expected) {
  Steps found;
  for (std::int64_t step = 0; step <= total; ++step)
    if (fires(trigger, step, {total, steps_per_epoch})) found.push_back(step);
  BOOST_TEST_CONTEXT(what) { BOOST_TEST(found == expected, boost::test_tools::per_element()); }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(trigger)

// Computed by hand: steps per epoch, steps of the run, steps at which it fires. Step 0 is before
// training.
BOOST_AUTO_TEST_CASE(a_hook_fires_exactly_as_written) {
  check("nothing asked for", {}, 1, 5, {});
  check("every step", {.every = 1}, 1, 4, {1, 2, 3, 4});
  check("every 3rd, not at 0", {.every = 3}, 1, 10, {3, 6, 9});
  check("every 3rd does not begin again with an epoch", {.every = 3}, 4, 10, {3, 6, 9});
  check("every nth, n beyond the end", {.every = 11}, 1, 10, {});
  check("every nth, n the end", {.every = 10}, 1, 10, {10});
  check("before training", {.at = {0}}, 1, 5, {0});
  check("at steps, one of them given twice", {.at = {2, 4, 4, 9}}, 1, 6, {2, 4});
  check("the tutorial's accuracy", {.every = 10, .at = {1}}, 1, 35, {1, 10, 20, 30});
  check("at where every is already: once", {.every = 2, .at = {4, 5}}, 1, 7, {2, 4, 5, 6});
  check("from, not itself a multiple", {.every = 3, .from = 4}, 1, 12, {6, 9, 12});
  check("from, itself a multiple", {.every = 3, .from = 6}, 1, 12, {6, 9, 12});
  check("from 0 is no step 0", {.every = 3, .from = 0}, 1, 6, {3, 6});
  check("until, itself a multiple", {.every = 3, .until = 6}, 1, 12, {3, 6});
  check("until, not itself a multiple", {.every = 3, .until = 8}, 1, 12, {3, 6});
  check("from and until", {.every = 2, .from = 4, .until = 7}, 1, 12, {4, 6});
  check("from after until", {.every = 1, .from = 5, .until = 4}, 1, 9, {});
  check("at lies outside the bounds", {.every = 2, .at = {0, 1, 11}, .from = 4, .until = 7}, 1, 12,
        {0, 1, 4, 6, 11});
  check("at the end only", {.at_end = true}, 1, 7, {7});
  check("every, and at the end", {.every = 3, .at_end = true}, 1, 7, {3, 6, 7});
  check("every meets the end: once", {.every = 3, .at_end = true}, 1, 6, {3, 6});
  check("the end lies outside the bounds", {.every = 2, .until = 3, .at_end = true}, 1, 7, {2, 7});
  check("the end of a run of one step", {.at = {0}, .at_end = true}, 1, 1, {0, 1});
  check("every epoch of 4 steps", {.every_epoch = 1}, 4, 14, {4, 8, 12});
  check("every 2nd epoch of 3 steps", {.every_epoch = 2}, 3, 14, {6, 12});
  check("every epoch of whole batches", {.every_epoch = 1}, 1, 3, {1, 2, 3});
  check("every epoch and every step beside", {.every = 3, .every_epoch = 1}, 4, 12,
        {3, 4, 6, 8, 9, 12});
  check("every epoch within bounds", {.every_epoch = 1, .from = 5, .until = 12}, 4, 20, {8, 12});
  check("every epoch, the last unfinished, and the end", {.every_epoch = 1, .at_end = true}, 4, 10,
        {4, 8, 10});
  check("43 steps an epoch, 2 epochs", {.every_epoch = 1}, 43, 86, {43, 86});
  check("an epoch that no run reaches", {.every_epoch = std::numeric_limits<std::int64_t>::max()},
        43, 86, {});
  check("three times", {.times = 3}, 1, 10, {4, 7, 10});
  check("once", {.times = 1}, 1, 10, {10});
  check("as often as there are steps", {.times = 4}, 1, 4, {1, 2, 3, 4});
  check("more often than there are steps", {.times = endless}, 1, 4, {1, 2, 3, 4});
  check("twice within bounds", {.times = 2, .from = 4, .until = 7}, 1, 12, {5, 7});
  check("twice, at one step more", {.times = 2, .at = {0, 3}}, 1, 6, {0, 3, 6});
  check("no more than two epochs", {.every_epoch = 1, .times = 2}, 4, 20, {12, 20});
  check("no more than there are epochs", {.every_epoch = 1, .times = 9}, 4, 14, {4, 8, 12});
  check("two epochs, and the end of a part of one", {.every_epoch = 1, .times = 2, .at_end = true},
        4, 14, {8, 12, 14});
  check("no more than two of every third", {.every = 3, .times = 2}, 1, 10, {6, 9});
  check("no epoch is finished", {.every_epoch = 1, .times = 5}, 4, 3, {});
}

// A stopped run has no last step.
BOOST_AUTO_TEST_CASE(at_end_needs_an_end) {
  for (std::int64_t step = 0; step < 20; ++step)
    BOOST_TEST(!fires({.at_end = true}, step, {endless, 1}));
}

// The step alone determines if it fires, so a resumed run neither repeats nor skips one.
BOOST_AUTO_TEST_CASE(far_steps_are_no_different) {
  const std::int64_t far = std::int64_t{1} << 40;
  BOOST_TEST(fires({.every = 1024}, far, {endless, 43}));
  BOOST_TEST(!fires({.every = 1024}, far + 1, {endless, 43}));
  BOOST_TEST(fires({.every_epoch = 5}, 43 * 5 * 1'000'000, {endless, 43}));
}

BOOST_AUTO_TEST_SUITE_END()
