// A draft knows which of its parts are sound, and only one without problems becomes a plan.
#include <boost/test/unit_test.hpp>
#include <concepts>
#include <fstream>
#include <type_traits>
#include <utility>

#include "runner/plan/emit.h"
#include "runner/plan/load.h"
#include "runner/run/prepared.h"
#include "tests/plan/experiment.h"
#include "tests/support/temporary_folder.h"

namespace assay::test {
namespace {

using plan::Soundness;

// Only Draft::finished() makes a plan, and a draft never stands for one.
static_assert(!std::default_initializable<plan::Plan>);
static_assert(!std::is_constructible_v<plan::Plan, plan::Draft>);
static_assert(!std::is_constructible_v<plan::Plan, plan::Content>);
static_assert(!std::is_convertible_v<plan::Draft&, const plan::Plan&>);
static_assert(!std::is_convertible_v<plan::Plan&, const plan::Draft&>);
// A plan that was handed out is not changed.
static_assert(std::is_const_v<decltype(std::declval<plan::Draft>().finished())::value_type>);
static_assert(std::is_const_v<decltype(run::Prepared::plan)>);

plan::Draft draft(const std::string& config) {
  FakeCatalogue catalogue;
  config::Diagnostics diagnostics;
  const auto node = config::read_text("a.yaml", "/configs/a.yaml", config, diagnostics);
  BOOST_REQUIRE(node.has_value());
  plan::Draft draft = plan::make_draft(*node, catalogue, diagnostics);
  BOOST_TEST(draft.has_problems == !diagnostics.empty());
  const auto plan = plan::Draft(draft).finished();
  BOOST_TEST(plan.has_value() == diagnostics.empty());
  if (plan) BOOST_TEST(plan->yaml == plan::emit(*plan));
  return draft;
}

Soundness optimizer(const std::string& options) {
  return draft(experiment("optimizer: " + options, "optimizer")).soundness("optimizer");
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

BOOST_AUTO_TEST_SUITE(drafts)

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
  BOOST_TEST((draft(experiment("", "optimizer")).soundness("optimizer") == Soundness::broken));
}

BOOST_AUTO_TEST_CASE(what_stands_beside_a_components_options_does_not_break_it) {
  const plan::Draft draft =
      test::draft(experiment("dataset: {type: digits, split: {test: 7, x: 1}}\n"
                             "hooks: {a: {type: scalar, tag: t, value: test.loss, every: x}}",
                             "dataset"));
  BOOST_TEST((draft.soundness("dataset") == Soundness::sound));
  BOOST_REQUIRE(draft.hooks.size() == 1U);
  BOOST_TEST((draft.soundness("hooks.a") == Soundness::sound));
  BOOST_TEST(draft.doubtful.contains("dataset.split"));
  BOOST_TEST(draft.doubtful.contains("hooks.a"));
}

BOOST_AUTO_TEST_CASE(components_of_lists_and_in_options_have_the_keys_of_the_draft) {
  const plan::Draft draft = test::draft(
      experiment("hooks:\n"
                 "- {type: scalar, at_end: true, tag: a, value: test.loss}\n"
                 "- {type: image, at_end: true, tag: b, renderer: {type: sheet, x: 1}}\n"
                 "- {type: image, at_end: true, tag: c, renderer: {type: sheet, rows: x}}\n"
                 "loggers: [console, {type: jsonl, x: 1}, colsole]"));
  BOOST_TEST((draft.soundness("hooks.scalar") == Soundness::sound));
  BOOST_TEST((draft.soundness("hooks.image") == Soundness::extra_keys));
  BOOST_TEST((draft.soundness("hooks.image.renderer") == Soundness::extra_keys));
  BOOST_TEST((draft.soundness("hooks.image_2") == Soundness::broken));
  BOOST_TEST((draft.soundness("hooks.image_2.renderer") == Soundness::broken));
  BOOST_TEST((draft.soundness("loggers.console") == Soundness::sound));
  BOOST_TEST((draft.soundness("loggers.jsonl") == Soundness::extra_keys));
  BOOST_TEST((draft.soundness("loggers.colsole") == Soundness::broken));
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
