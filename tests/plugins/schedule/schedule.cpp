#define BOOST_TEST_MODULE schedule
#include "assay/schedule.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "assay/error.h"
#include "tests/support/component.h"
#include "tests/support/reference.h"

using assay::Schedule;
using assay::test::make;

namespace {

nlohmann::json read_json(const std::string& name) {
  std::ifstream file(assay::test::reference_file(name));
  return nlohmann::json::parse(file);
}

/// Relative to the largest value of a schedule, since it may pass through zero.
void check(const std::string& type, const nlohmann::json& arguments,
           const std::vector<std::int64_t>& counts, const std::vector<double>& expected) {
  // JSON is YAML.
  const auto schedule = make<Schedule>(type, arguments.dump());
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
