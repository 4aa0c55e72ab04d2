#include "runner/run/brief_record.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using namespace assay::run;
using namespace assay::test;
using Mode = assay::plan::BestPlan::Mode;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct Written : TemporaryFolder {
  Written() {
    record.name = "digits";
    record.state = "failed";
    record.reason = "the loss of step 3 is NaN";
    record.start = std::chrono::system_clock::time_point(std::chrono::seconds(1'700'000'000));
    record.end = record.start + std::chrono::seconds(70);
    record.steps = 2;
    record.total_steps = 3000;
    record.training_seconds = 0.1;
    record.mean_threads = 1.25;
    record.plan_digest = "abc";
    record.weights_digest = "0123";
    record.failures = {"one", "two"};
    record.complete = false;
    record.final_values = {{"a", std::nan("")}, {"b", infinity}, {"c", 0.1}, {"d", 3}};
    record.scalars = {{"b", {"test.loss", Mode::min, {0.5, infinity, 1, 2}}},
                      {"d", {"", {}, {-infinity, 3, 7, 8}}}};
    record.plan = {{"seed", "1"}, {"model.hidden", "[4]"}};
    record.plugins = {{"sgd", "1.0.0", "/x/sgd.so", "def"}};
    const assay::base::Folder folder(path());
    BOOST_TEST(RecordFile(folder).write(record, assay::base::Sync::later));
    text = read_file(*this / "run.json");
  }

  void check(const std::optional<RunRecord>& brief) const {
    BOOST_REQUIRE(brief.has_value());
    BOOST_TEST(brief->name == record.name);
    BOOST_TEST(brief->state == record.state);
    BOOST_TEST(brief->reason == record.reason);
    BOOST_CHECK(brief->start == record.start);
    BOOST_CHECK(brief->end == record.end);
    BOOST_TEST(brief->steps == record.steps);
    BOOST_TEST(brief->total_steps == record.total_steps);
    BOOST_TEST(brief->training_seconds == record.training_seconds);
    BOOST_TEST(brief->mean_threads == record.mean_threads);
    BOOST_TEST(brief->plan_digest == record.plan_digest);
    BOOST_TEST(brief->weights_digest == record.weights_digest);
    BOOST_TEST(brief->failures == record.failures, boost::test_tools::per_element());
    BOOST_TEST(brief->complete == record.complete);
    BOOST_TEST(std::isnan(brief->final_values.at("a")));
    BOOST_TEST(brief->final_values.at("b") == infinity);
    BOOST_TEST(brief->final_values.at("c") == 0.1);
    BOOST_TEST(brief->final_values.at("d") == 3);
    BOOST_REQUIRE(brief->scalars.size() == record.scalars.size());
    for (const auto& [tag, scalar] : record.scalars) {
      BOOST_TEST(brief->scalars.at(tag).value == scalar.value);
      BOOST_CHECK(brief->scalars.at(tag).better == scalar.better);
      BOOST_CHECK(brief->scalars.at(tag).extremes == scalar.extremes);
    }
  }

  RunRecord record;
  std::string text;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(brief_record, Written)

BOOST_AUTO_TEST_CASE(it_has_what_the_whole_record_has) {
  check(read_brief(text));
  check(read_brief(text, BriefPart::result_and_plan));
  check(read_record(assay::base::Folder(path())));
  BOOST_CHECK(read_brief(text, BriefPart::result_and_plan)->plan == record.plan);
}

BOOST_AUTO_TEST_CASE(what_comes_after_it_is_not_read) {
  const std::size_t end = text.find("\"log_files\"");
  BOOST_REQUIRE(end != text.npos);
  check(read_brief(text.substr(0, end + 12) + "nonsense"));
  BOOST_TEST(!read_brief(text.substr(0, end - 20)).has_value());
}

// Somebody may have written the record anew, with its keys in another order.
BOOST_AUTO_TEST_CASE(the_order_of_the_keys_does_not_matter) {
  const nlohmann::json sorted = nlohmann::json::parse(text);
  check(read_brief(sorted.dump()));
  nlohmann::ordered_json reversed;
  const auto original = nlohmann::ordered_json::parse(text);
  std::vector<std::string> keys;
  for (const auto& [key, value] : original.items()) keys.push_back(key);
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) reversed[*key] = original.at(*key);
  check(read_brief(reversed.dump(), BriefPart::result_and_plan));
  check(read_brief(reversed.dump()));
}

BOOST_AUTO_TEST_CASE(other_texts_are_no_record) {
  for (const char* other : {"", "5", "[]", "{}", "[1,2", "{\"state\": 1, \"steps\": \"a\"}",
                            "{\"state\": \"finished\"}", "{\"final\": [[[[[[[[[[[[[[[[[[[[[]]]"})
    BOOST_TEST(!read_brief(other).has_value(), other);
  BOOST_TEST(read_brief("{\"state\": \"finished\", \"steps\": 3}").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
