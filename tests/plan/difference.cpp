#include "runner/plan/difference.h"

#include <boost/test/unit_test.hpp>

#include "tests/plan/experiment.h"

namespace assay::test {
namespace {

std::string differences(const std::string& a, const std::string& b, const std::string& but) {
  const Outcome before = plan_of(experiment(a, but)), after = plan_of(experiment(b, but));
  BOOST_TEST(before.problems + after.problems == "");
  std::string text;
  for (const plan::Difference& d : plan::differences(before.plan.value(), after.plan.value())) {
    if (d.before) text += "- " + d.key + ": " + d.before->text + " # " + d.before->origin + "\n";
    if (d.after) text += "+ " + d.key + ": " + d.after->text + " # " + d.after->origin + "\n";
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(difference)

BOOST_AUTO_TEST_CASE(only_what_differs) {
  BOOST_TEST(differences("seed: 0", "# seed\nname: a", "") == "");
  BOOST_TEST(differences("seed: 1\nmodel: {type: mlp, hidden: [5]}",
                         "threads: 2\n\nmodel: {type: mlp, hidden: [5, 6]}", "model") ==
             "- seed: 1 # a.yaml:1\n"
             "+ seed: 0 # default\n"
             "- threads: null # default\n"
             "+ threads: 2 # a.yaml:1\n"
             "- model.hidden: [5] # a.yaml:2\n"
             "+ model.hidden: [5, 6] # a.yaml:3\n");
}

BOOST_AUTO_TEST_CASE(another_type_has_other_keys) {
  BOOST_TEST(differences("optimizer: {type: sgd, learning_rate: 1}",
                         "optimizer: {type: adam, learning_rate: 1}", "optimizer") ==
             "- optimizer.type: sgd # a.yaml:1\n"
             "+ optimizer.type: adam # a.yaml:1\n"
             "- optimizer.momentum: null # default\n"
             "- optimizer.nesterov: false # default\n"
             "+ optimizer.eps: 1.0e-08 # default\n");
  BOOST_TEST(differences("optimizer: {type: sgd, learning_rate: 1}",
                         "optimizer: {type: sgd, learning_rate: {type: constant, value: 1}}",
                         "optimizer") ==
             "- optimizer.learning_rate: 1 # a.yaml:1\n"
             "+ optimizer.learning_rate.type: constant # a.yaml:1\n"
             "+ optimizer.learning_rate.value: 1 # a.yaml:1\n");
}

BOOST_AUTO_TEST_CASE(members_of_maps) {
  BOOST_TEST(differences("loggers: []", "loggers: [jsonl]", "") ==
             "- loggers: {} # a.yaml:1\n"
             "+ loggers.jsonl.type: jsonl # a.yaml:1\n");
  BOOST_TEST(differences("hooks: {a: {type: scalar, tag: x, value: a.v, at: 1}}",
                         "hooks: {b: {type: scalar, tag: x, value: a.v, at: 1}}", "") ==
             "- hooks.a.type: scalar # a.yaml:1\n"
             "- hooks.a.at: [1] # a.yaml:1\n"
             "- hooks.a.tag: x # a.yaml:1\n"
             "- hooks.a.value: a.v # a.yaml:1\n"
             "+ hooks.b.type: scalar # a.yaml:1\n"
             "+ hooks.b.at: [1] # a.yaml:1\n"
             "+ hooks.b.tag: x # a.yaml:1\n"
             "+ hooks.b.value: a.v # a.yaml:1\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
