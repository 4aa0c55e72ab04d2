#include "runner/plan/entries.h"

#include <boost/test/unit_test.hpp>
#include <map>
#include <string>

#include "runner/config/reader.h"
#include "runner/plan/canonical.h"
#include "runner/plan/yaml_text.h"
#include "tests/plan/experiment.h"

namespace assay::test {
namespace {

plan::Plan sample() {
  Outcome outcome = plan_of(
      experiment("name: \"007\"\n"
                 "seed: 3\n"
                 "hooks: {h: {type: scalar, tag: \"@Loss ${step}\", value: test.loss, every: 5},\n"
                 "        i: {type: scalar, tag: \"true\", value: test.loss, at: [0, 3]}}\n"
                 "loggers: []"));
  BOOST_REQUIRE_MESSAGE(outcome.plan.has_value(), outcome.problems);
  return *std::move(outcome.plan);
}

std::map<std::string, plan::Entry> by_key(const plan::Plan& plan) {
  std::map<std::string, plan::Entry> entries;
  for (const plan::Entry& entry : plan::entries(plan)) entries.emplace(entry.key, entry);
  return entries;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(entries)

BOOST_AUTO_TEST_CASE(they_are_the_values_of_plan_yaml) {
  const plan::Plan plan = sample();
  config::Diagnostics diagnostics;
  const auto node = config::read_text("plan.yaml", "/plan.yaml", plan.yaml, diagnostics);
  BOOST_REQUIRE(node.has_value());
  std::map<std::string, std::string> written;
  for (const plan::Leaf& leaf : plan::leaves(*node)) {
    // A text that is read again is marked as quoted only if it has quotes.
    written.emplace(leaf.key, leaf.node->quoted ? "'" + leaf.node->scalar + "'" : leaf.text);
  }
  const auto entries = by_key(plan);
  BOOST_TEST(entries.size() == plan::entries(plan).size());
  BOOST_TEST(entries.size() == written.size());
  for (const auto& [key, text] : written) {
    BOOST_REQUIRE_MESSAGE(entries.contains(key), key);
    const std::string& yaml = entries.at(key).yaml;
    BOOST_TEST((yaml == text || yaml == '"' + text.substr(1, text.size() - 2) + '"'),
               key << ": " << yaml << ", " << text);
  }
}

BOOST_AUTO_TEST_CASE(they_have_types) {
  using Type = TypedValue::Type;
  const auto entries = by_key(sample());
  const auto text = [&](const char* key) {
    BOOST_CHECK_MESSAGE(entries.at(key).type == Type::text, key);
    return entries.at(key).text;
  };
  BOOST_TEST(text("name") == "007");
  BOOST_TEST(text("model.type") == "mlp");
  BOOST_TEST(text("hooks.i.tag") == "true");
  BOOST_TEST(text("hooks.h.tag") == "@Loss ${step}");
  BOOST_TEST(text("hooks.i.at") == "[0, 3]");
  BOOST_CHECK(entries.at("seed").type == Type::number);
  BOOST_TEST(entries.at("seed").number == 3);
  BOOST_CHECK(entries.at("optimizer.learning_rate").type == Type::number);
  BOOST_TEST(entries.at("optimizer.learning_rate").number == 0.1);
  BOOST_TEST(entries.at("optimizer.learning_rate").yaml == "0.1");
  BOOST_CHECK(entries.at("train.shuffle").type == Type::boolean);
  BOOST_TEST(entries.at("train.shuffle").boolean);
  BOOST_CHECK(entries.at("dataset.split").type == Type::none);
  BOOST_TEST(entries.at("dataset.split").yaml == "null");
}

BOOST_AUTO_TEST_CASE(they_are_in_the_order_of_the_canonical_text) {
  const plan::Plan plan = sample();
  std::string lines, before;
  for (const plan::Entry& entry : plan::entries(plan)) {
    const std::string line = entry.key + ": " + entry.yaml + "\n";
    BOOST_TEST((before < line), line);
    before = line;
    const std::string top = entry.key.substr(0, entry.key.find('.'));
    if (std::ranges::count(plan::not_in_digest, top) == 0) lines += line;
  }
  BOOST_TEST(lines == plan::canonical(plan));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
