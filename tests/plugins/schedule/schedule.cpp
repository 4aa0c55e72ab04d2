#define BOOST_TEST_MODULE schedule
#include "assay/schedule.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "assay/error.h"
#include "tests/support/component.h"
#include "tests/support/reference.h"

using assay::Schedule;
using assay::test::make;
using assay::test::read_json;

namespace {

/// Compares relative to the largest value of a schedule, because the values may pass through zero.
void check(const std::string& type, const nlohmann::json& arguments,
           const std::vector<std::int64_t>& counts, const std::vector<double>& expected) {
  // JSON is YAML.
  const auto schedule = make<Schedule>(type, arguments.dump());
  schedule->begin(7);  // a given length does not depend on the run
  double size = 0;
  double worst = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    size = std::max(size, std::abs(expected[i]));
    const double value = schedule->value(counts[i]);
    BOOST_REQUIRE(std::isfinite(value));
    worst = std::max(worst, std::abs(value - expected[i]));
  }
  if (size > 0) worst /= size;
  BOOST_TEST_MESSAGE(type << " " << arguments << ": at most " << worst << " off");
  BOOST_TEST(worst < 1e-14);
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_schedule_equals_optax_step_by_step) {
  const nlohmann::json reference = read_json("optax_reference.json");
  std::vector<std::int64_t> counts(50);
  std::iota(counts.begin(), counts.end(), 0);
  for (const std::string type : {"constant", "cosine", "warmup_cosine"}) {
    const nlohmann::json& entry = reference["schedules"][type];
    check(type, entry["arguments"], counts, entry["value_at_step_0_to_49"]);
  }
}

BOOST_AUTO_TEST_CASE(other_arguments_and_far_steps_equal_optax) {
  const nlohmann::json reference = read_json("optax_more.json");
  for (const nlohmann::json& entry : reference["schedules"])
    check(entry["type"], entry["arguments"], entry["counts"], entry["values"]);
}

BOOST_AUTO_TEST_CASE(a_decay_that_ends_within_the_warm_up_is_refused) {
  BOOST_CHECK_EXCEPTION(
      make<Schedule>("warmup_cosine",
                     "{init_value: 0, peak_value: 1, warmup_steps: 10, decay_steps: 10}"),
      assay::Error, [](const assay::Error& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string(error.what()).starts_with("decay_steps: ");
      });
}

// The result must be that for an explicit length, which is compared with optax.
BOOST_AUTO_TEST_CASE(without_a_length_a_schedule_lasts_the_whole_run) {
  const auto same = [](const std::string& type, const std::string& options,
                       const std::string& length, std::int64_t total) {
    const auto open = make<Schedule>(type, "{" + options + "}");
    const auto given = make<Schedule>(type, "{" + options + ", " + length + "}");
    open->begin(total);
    given->begin(total + 1000);
    for (std::int64_t count = 0; count < total + 5; ++count)
      BOOST_TEST(open->value(count) == given->value(count), type << " at " << count);
  };
  same("cosine", "init_value: 0.3, alpha: 0.1, exponent: 2", "decay_steps: 285", 285);
  same("cosine", "init_value: 0.3", "decay_steps: 1", 1);
  const std::string rise = "init_value: 0, peak_value: 1, end_value: 0.1";
  same("warmup_cosine", rise + ", warmup_steps: 10", "decay_steps: 43", 43);
  same("warmup_cosine", rise + ", warmup_share: 0.25", "decay_steps: 43", 43);
  same("warmup_cosine", rise, "decay_steps: 1000", 1000);
}

BOOST_AUTO_TEST_CASE(a_warm_up_may_be_a_share) {
  const auto peak = [](const std::string& options, std::int64_t total) {
    const auto schedule =
        make<Schedule>("warmup_cosine", "{init_value: 0, peak_value: 1" + options + "}");
    schedule->begin(total);
    std::int64_t count = 0;
    while (schedule->value(count) < 1) ++count;
    return count;
  };
  BOOST_TEST(peak("", 1000) == 100);
  BOOST_TEST(peak(", warmup_share: 0.25", 1000) == 250);
  BOOST_TEST(peak(", warmup_share: 0.25", 10) == 3);  // 2.5, rounded
  BOOST_TEST(peak(", warmup_share: 0", 1000) == 0);
  BOOST_TEST(peak(", warmup_share: 0.999", 2) == 1);  // less than all
  BOOST_TEST(peak(", warmup_share: 0.5, decay_steps: 100", 1000) == 50);
}

// The rise is the same in a run that ends during it.
BOOST_AUTO_TEST_CASE(a_run_may_end_within_the_rise) {
  const auto schedule =
      make<Schedule>("warmup_cosine", "{init_value: 0, peak_value: 1, warmup_steps: 100}");
  schedule->begin(3);
  for (const std::int64_t count : {0, 1, 2, 3})
    BOOST_TEST(schedule->value(count) == static_cast<double>(count) / 100);
}

BOOST_AUTO_TEST_CASE(a_warm_up_that_is_said_twice_is_refused) {
  BOOST_CHECK_EXCEPTION(
      make<Schedule>("warmup_cosine",
                     "{init_value: 0, peak_value: 1, warmup_steps: 10, warmup_share: 0.1}"),
      assay::Error, [](const assay::Error& error) {
        return std::string(error.what()) ==
               "warmup_share: expected warmup_steps or warmup_share, found both; leave one of them "
               "out";
      });
}
