// The usable parts in the plan of a config with problems.
#include <boost/test/unit_test.hpp>
#include <fstream>

#include "runner/plan/load.h"
#include "tests/plan/experiment.h"
#include "tests/support/temporary_folder.h"

namespace assay::test {
namespace {

using plan::Soundness;

plan::Plan draft(const std::string& config) {
  FakeCatalogue catalogue;
  config::Diagnostics diagnostics;
  const auto node = config::read_text("a.yaml", "/configs/a.yaml", config, diagnostics);
  BOOST_REQUIRE(node.has_value());
  plan::Plan plan = plan::draft_plan(*node, catalogue, diagnostics);
  BOOST_TEST(plan.yaml.empty() == !diagnostics.empty());
  return plan;
}

Soundness optimizer(const std::string& options) {
  return draft(experiment("optimizer: " + options, "optimizer")).optimizer.soundness;
}

std::string doubtful(const std::string& lines, const std::string& but = {}) {
  std::string keys;
  for (const std::string& key : draft(experiment(lines, but)).doubtful) keys += key + " ";
  return keys;
}

struct Files {
  // Returns the problems of a config with arguments.
  std::string problems(const std::string& config, const std::vector<std::string>& arguments) {
    std::ofstream(folder / "a.yaml") << config;
    FakeCatalogue catalogue;
    config::Diagnostics diagnostics;
    plan::load((folder / "a.yaml").string(), arguments, catalogue, diagnostics);
    std::string keys;
    for (const config::Diagnostic& d : diagnostics.sorted())
      keys += d.where.source->path.empty() ? d.where.source->name + ":" + d.key + " " : d.key + " ";
    return keys;
  }
  TemporaryFolder folder;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(draft_plan)

BOOST_AUTO_TEST_CASE(a_sound_config_leaves_no_doubt) {
  BOOST_TEST((optimizer("{type: sgd, learning_rate: 0.1}") == Soundness::sound));
  BOOST_TEST(doubtful("") == "");
}

BOOST_AUTO_TEST_CASE(unknown_keys_leave_a_component_complete) {
  for (const char* options :
       {"{type: sgd, learning_rate: 0.1, momentun: 1}",
        "{type: sgd, learning_rate: {type: cosine, init_value: 1, decay_steps: 2, x: 1}}"})
    BOOST_TEST((optimizer(options) == Soundness::extra_keys), options);
}

BOOST_AUTO_TEST_CASE(everything_else_breaks_a_component) {
  for (const char* options :
       {"{type: sgd, learning_rate: x, momentun: 1}", "{type: sgd}", "sdg", "broken", "[]",
        "{type: sgd, learning_rat: 0.1}", "{type: sgd, learning_rate: '${nothing}'}", "${nothing}",
        "{type: '${nothing}'}",
        "{type: sgd, learning_rate: {type: cosine, init_value: 1, decay_step: 2}}"})
    BOOST_TEST((optimizer(options) == Soundness::broken), options);
  BOOST_TEST((draft(experiment("", "optimizer")).optimizer.soundness == Soundness::broken));
}

BOOST_AUTO_TEST_CASE(what_stands_beside_a_components_options_does_not_break_it) {
  const plan::Plan plan =
      draft(experiment("dataset: {type: digits, split: {test: 7, x: 1}}\n"
                       "hooks: {a: {type: scalar, tag: t, value: test.loss, every: x}}",
                       "dataset"));
  BOOST_TEST((plan.dataset.soundness == Soundness::sound));
  BOOST_REQUIRE(plan.hooks.size() == 1U);
  BOOST_TEST((plan.hooks[0].component.soundness == Soundness::sound));
  BOOST_TEST(plan.doubtful.contains("dataset.split"));
  BOOST_TEST(plan.doubtful.contains("hooks.a"));
}

BOOST_AUTO_TEST_CASE(sections_with_problems_are_doubtful) {
  BOOST_TEST(doubtful("name: a/b") == "run_dir ");
  BOOST_TEST(doubtful("name: ${nothing}") == "run_dir ");
  BOOST_TEST(doubtful("run_dir: ''") == "run_dir ");
  BOOST_TEST(doubtful("train: {epochs: 1, steps: 1}", "train") == "train ");
  BOOST_TEST(doubtful("", "train") == "train ");
  BOOST_TEST(doubtful("train: {epochs: '${nothing}'}", "train") == "train ");
  BOOST_TEST(doubtful("metrics: [accuracy]") == "metrics ");
  BOOST_TEST(doubtful("metrcs: {a: accuracy}") == "metrics ");
  BOOST_TEST(doubtful("metrics: {a: acuracy}") == "");
  BOOST_TEST(doubtful("dataset: {type: digits, split: {test: 2}}", "dataset") == "dataset.split ");
  BOOST_TEST(doubtful("dataset: {type: digits, splt: {test: 0.2}}", "dataset") == "dataset.split ");
  BOOST_TEST(doubtful("dataset: {type: digts, split: {test: 0.2}}", "dataset") == "");
  BOOST_TEST(doubtful("hooks: {a: {type: scalar, tag: t, value: test.loss, evry: 1}}") ==
             "hooks.a ");
}

BOOST_FIXTURE_TEST_CASE(arguments_are_read_though_the_file_cannot_be, Files) {
  BOOST_TEST(problems("a: [", {"seed", "seed=1", "train.epochs=[1", "~x"}) ==
             " argument 1: argument 3: ");
}

BOOST_FIXTURE_TEST_CASE(what_an_unreadable_argument_was_to_set_is_not_missing, Files) {
  const std::string config = experiment("", "train optimizer");
  BOOST_TEST(problems(config, {}) == "optimizer train ");
  BOOST_TEST(problems(config, {"train.epochs=[1", "optimizer={type: sgd"}) ==
             "argument 1: argument 2: ");
  BOOST_TEST(problems(experiment("optimizer: sgd", "optimizer"), {"+optimizer.learning_rate=[1"}) ==
             "argument 1: ");
  // Its key is checked nevertheless.
  BOOST_TEST(problems(experiment(""), {"optimizer.x=[1"}) == "argument 1:optimizer.x argument 1: ");
  BOOST_TEST(problems(experiment(""), {"extends=[1"}) == "argument 1: ");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
