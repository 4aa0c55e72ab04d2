#include "runner/plan/value_name.h"

#include <boost/test/unit_test.hpp>

using namespace assay::plan;

namespace {

ReadableValue value(const char* text) { return ValueName::parse(text).value().value(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(value_names)

BOOST_AUTO_TEST_CASE(a_name_has_an_owner) {
  for (const char* none : {"loss", "", ".", ".loss", "test."})
    BOOST_TEST(!ValueName::parse(none).has_value());
  const auto name = ValueName::parse("test.top5.best");
  BOOST_REQUIRE(name.has_value());
  BOOST_TEST(name->text() == "test.top5.best");
  BOOST_TEST(name->owner() == "test");
  BOOST_TEST(name->name() == "top5.best");
}

BOOST_AUTO_TEST_CASE(the_values_of_training_are_few) {
  const auto training = [](const char* text) { return std::get<TrainingValue>(value(text)); };
  BOOST_CHECK(training("batch.loss") == TrainingValue::batch_loss);
  BOOST_CHECK(training("batch.gradient_norm") == TrainingValue::gradient_norm);
  BOOST_CHECK(training("epoch.loss") == TrainingValue::epoch_loss);
  for (const char* none : {"epoch.gradient_norm", "batch.accuracy", "batch.loss.x", "epoch.los"})
    BOOST_TEST(std::holds_alternative<UnknownValue>(value(none)));
}

BOOST_AUTO_TEST_CASE(all_else_is_of_the_optimizer_or_of_a_split) {
  BOOST_TEST(std::get<RateValue>(value("optimizer.groups.0.rate")).rate == "groups.0.rate");
  for (const char* split : {"test", "eval", "all", "batches", "Batch"}) {
    const auto of_split = std::get<SplitValue>(value((std::string(split) + ".loss").c_str()));
    BOOST_TEST(of_split.split == split);
    BOOST_TEST(of_split.metric == "loss");
  }
}

// The lists in messages are those of the names that are understood.
BOOST_AUTO_TEST_CASE(what_messages_list_is_what_there_is) {
  std::size_t count = 0;
  for (const std::string_view owner : training_owners)
    for (const std::string& name : training_values(owner)) {
      ++count;
      const std::string text = std::string(owner) + "." + name;
      BOOST_TEST(std::holds_alternative<TrainingValue>(value(text.c_str())), text);
    }
  BOOST_TEST(count == 3U);
  BOOST_TEST(training_value_called("gradient_norm") == "batch.gradient_norm");
  BOOST_TEST(training_value_called("accuracy") == "");
  BOOST_TEST(std::get<RateValue>(value(text_of({"rate"}).c_str())).rate == "rate");
}

BOOST_AUTO_TEST_SUITE_END()
