// The keys of a contact sheet: which vary, and how.
#include "runner/contact_sheet/key_values.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "assay/error.h"

namespace {

using namespace assay;
using namespace assay::contact_sheet;
using batch::Point;

struct Sample {
  batch::Batch batch;
  std::vector<batch::Status> statuses;
};

Sample batch_of(std::vector<std::string> keys, const std::vector<Point>& points) {
  Sample sample;
  sample.batch.keys = std::move(keys);
  for (const Point& point : points) {
    batch::BatchRun& run = sample.batch.runs.emplace_back();
    run.name = "run " + std::to_string(sample.batch.runs.size());
    run.config = "a.yaml";
    run.point = point;
    sample.statuses.emplace_back();
  }
  return sample;
}

KeyValues values_of(const Sample& sample, const std::vector<std::string>& first = {}) {
  return key_values(sample.batch, sample.statuses, first);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keys_and_values)

BOOST_AUTO_TEST_CASE(texts_sort_as_people_sort_them) {
  BOOST_TEST(sorts_before("[8]", "[16]"));
  BOOST_TEST(sorts_before("[16]", "[16, 8]") != sorts_before("[16, 8]", "[16]"));
  BOOST_TEST(sorts_before("a2b", "a10"));
  BOOST_TEST(sorts_before("a", "b"));
  BOOST_TEST(sorts_before("a", "a1"));
  BOOST_TEST(!sorts_before("a", "a"));
  BOOST_TEST(sorts_before("a01", "a1") != sorts_before("a1", "a01"));
}

BOOST_AUTO_TEST_CASE(numbers_are_sorted_by_size_and_seeds_come_last) {
  const Sample sample =
      batch_of({"seed", "optimizer.learning_rate", "train.epochs"},
               {{{"seed", "1"}, {"optimizer.learning_rate", "0.1"}, {"train.epochs", "2"}},
                {{"seed", "2"}, {"optimizer.learning_rate", "1e-2"}, {"train.epochs", "2"}},
                {{"seed", "1"}, {"optimizer.learning_rate", "0.01"}, {"train.epochs", "2"}},
                {{"seed", "2"}, {"optimizer.learning_rate", "0.001"}, {"train.epochs", "2"}}});
  const KeyValues found = values_of(sample);
  BOOST_REQUIRE_EQUAL(found.keys.size(), 2U);
  const Key& rate = found.keys[0];
  BOOST_TEST(rate.name == "optimizer.learning_rate");
  BOOST_TEST(rate.label == "learning_rate");
  BOOST_TEST(rate.numbers == (std::vector{0.001, 0.01, 0.1}));
  BOOST_TEST(rate.logarithmic);
  BOOST_TEST(found.keys[1].name == "seed");
  BOOST_TEST(!found.keys[1].logarithmic);
  BOOST_TEST((found.of_runs[1][0] == found.of_runs[2][0]));
  BOOST_TEST((found.of_runs[3][0] == ValueIndex(0)));
  BOOST_TEST(values_of(sample, {"seed"}).keys[0].name == "seed");
}

BOOST_AUTO_TEST_CASE(keys_with_the_same_end_have_longer_labels) {
  const Sample sample = batch_of({"model.init.kernel", "data.kernel"},
                                 {{{"model.init.kernel", "a"}, {"data.kernel", "a"}},
                                  {{"model.init.kernel", "b"}, {"data.kernel", "b"}}});
  const KeyValues found = values_of(sample);
  BOOST_TEST(found.keys[0].label == "init.kernel");
  BOOST_TEST(found.keys[1].label == "data.kernel");
}

BOOST_AUTO_TEST_CASE(a_run_without_a_setting_has_the_value_of_its_plan) {
  Sample sample = batch_of({"model.hidden", "optimizer"},
                           {{{"model.hidden", "[8]"}}, {{"optimizer", "sgd"}}, {}});
  for (batch::Status& status : sample.statuses)
    status.record.emplace().plan = {{"model.hidden", "[16, 16]"}, {"optimizer.type", "\"adam\""}};
  sample.statuses[0].record->plan["model.hidden"] = "[8]";
  sample.statuses[1].record->plan["optimizer.type"] = "sgd";
  sample.statuses[2].record.reset();
  const KeyValues found = values_of(sample);
  BOOST_REQUIRE_EQUAL(found.keys.size(), 2U);
  BOOST_TEST(found.keys[0].values == (std::vector<std::string>{"[8]", "[16, 16]"}));
  BOOST_TEST(found.keys[1].values == (std::vector<std::string>{"adam", "sgd"}));
  BOOST_TEST((found.of_runs[1] == std::vector<ValueIndex>{1, 1}));
  BOOST_TEST((found.of_runs[2] == std::vector<ValueIndex>{std::nullopt, std::nullopt}));
}

BOOST_AUTO_TEST_CASE(numbers_that_are_drawn_by_their_logarithm_are_shown_so) {
  Sample sample = batch_of({"rate"}, {{{"rate", "0.3"}}, {{"rate", "0.4"}}});
  BOOST_TEST(!values_of(sample).keys[0].logarithmic);
  sample.batch.arguments = {"rate=loguniform(0.1,1)"};
  BOOST_TEST(values_of(sample).keys[0].logarithmic);
}

BOOST_AUTO_TEST_CASE(a_key_that_does_not_vary_is_no_choice) {
  const Sample sample = batch_of({"a", "b"}, {{{"a", "1"}, {"b", "1"}}, {{"a", "2"}, {"b", "1"}}});
  BOOST_CHECK_EXCEPTION(values_of(sample, {"b"}), Error, [](const Error& error) {
    return std::string(error.what()) == "'b' does not vary in this batch; the keys that do are a";
  });
}

BOOST_AUTO_TEST_SUITE_END()
