#include "runner/experiment/collect_run_facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <vector>

#include "runner/config/reader.h"
#include "runner/logging/stored_content.h"
#include "runner/plan/make_plan.h"
#include "tests/support/component.h"

using namespace assay;
using namespace assay::test;

namespace {

// A plan and its experiment, with one hook that draws and one that reads.
struct Made {
  plugin_host::PluginHost host{{build_folder() + "/plugins"}, InstructionSet::generic};
  std::optional<plan::Plan> plan;
  std::optional<experiment::Experiment> experiment;

  explicit Made(const std::string& more = {}) {
    config::Diagnostics diagnostics;
    const auto node = config::read_text("a.yaml", "/configs/a.yaml", std::string(R"(
dataset: {type: synthetic, rows: 40, shape: [2, 3], classes: 2, split: {test: 0.25}}
model: {type: mlp, hidden: [4]}
loss: softmax_cross_entropy
gradient_transforms: {clip: {type: clip_by_global_norm, max_norm: 1}}
optimizer: {type: sgd, learning_rate: 0.1}
train: {epochs: 3, batch_size: 10}
hooks:
  loss: {type: scalar, tag: Loss, value: test.loss, every: 1}
  sheet: {type: image, tag: "Sheet ${step}", renderer: {type: sheet, split: test}, at: [0]}
loggers: []
)") + more,
                                        diagnostics);
    BOOST_REQUIRE(node.has_value());
    plan::Draft draft = plan::make_draft(*node, host, diagnostics);
    experiment = experiment::make_experiment(draft, host, diagnostics);
    BOOST_REQUIRE_MESSAGE(experiment.has_value(), diagnostics.text(false));
    plan = std::move(draft).finished();
    BOOST_REQUIRE(plan.has_value());
  }
};

std::string line_of(const Graph::Node& node) {
  std::string line =
      fmt::format("{} {}({})", node.name, node.operation, fmt::join(node.inputs, ", "));
  if (node.has_output_shape) line += fmt::format(" [{}]", fmt::join(node.output_shape, ", "));
  for (const NamedValue& attribute : node.attributes)
    line += fmt::format(" {}={}", attribute.name, attribute.value.text);
  return line;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(run_facts, Made)

BOOST_AUTO_TEST_CASE(the_graph_is_that_of_the_model) {
  const auto facts = experiment::run_facts(*plan, *experiment);
  std::vector<std::string> lines;
  for (const Graph::Node& node : facts->graph.nodes) lines.push_back(line_of(node));
  const std::vector<std::string> expected = {
      "input Input() [-1, 2, 3]",
      "layer1/kernel Parameter() [6, 4]",
      "layer1/bias Parameter() [4]",
      "layer1 Linear(input, layer1/kernel, layer1/bias) [-1, 4] activation=selu",
      "layer2/kernel Parameter() [4, 2]",
      "layer2/bias Parameter() [2]",
      "layer2 Linear(layer1, layer2/kernel, layer2/bias) [-1, 2]",
      "target Target() [-1]",
      "loss Loss(layer2, target) [] type=softmax_cross_entropy",
      "gradient_transforms/clip GradientTransform(loss) type=clip_by_global_norm",
      "optimizer Optimizer(gradient_transforms/clip) type=sgd",
  };
  BOOST_TEST(lines == expected, boost::test_tools::per_element());
  BOOST_CHECK_NO_THROW(logging::StoredContent(facts->graph));  // it is one that may be logged
}

BOOST_AUTO_TEST_CASE(the_graph_begins_with_the_transforms) {
  const Made made("transforms: {one: standardize, layer1: standardize}\n");
  const auto facts = experiment::run_facts(*made.plan, *made.experiment);
  std::vector<std::string> lines;
  for (const Graph::Node& node : facts->graph.nodes) lines.push_back(line_of(node));
  lines.resize(6);
  const std::vector<std::string> expected = {
      "input Input() [-1, 2, 3]",
      "transforms/one Transform(input) [-1, 2, 3] type=standardize",
      "transforms/layer1 Transform(transforms/one) [-1, 2, 3] type=standardize",
      "layer1/kernel Parameter() [6, 4]",
      "layer1/bias Parameter() [4]",
      "layer1 Linear(transforms/layer1, layer1/kernel, layer1/bias) [-1, 4] activation=selu",
  };
  BOOST_TEST(lines == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(tags_splits_and_classes_are_those_of_the_experiment) {
  const auto facts = experiment::run_facts(*plan, *experiment);
  BOOST_REQUIRE(facts->tags.size() == 2U);
  BOOST_TEST(facts->tags[0].tag == "Loss");
  BOOST_TEST(facts->tags[0].hook == "loss");
  BOOST_CHECK(facts->tags[0].type == ContentType::unknown);
  BOOST_TEST(facts->tags[1].tag == "Sheet ${step}");
  BOOST_TEST(facts->tags[1].hook == "sheet");
  BOOST_CHECK(facts->tags[1].type == ContentType::image);
  BOOST_REQUIRE(facts->splits.size() == 2U);
  BOOST_TEST(facts->splits[0].name == "test");
  BOOST_TEST(facts->splits[0].rows == 10);
  BOOST_TEST(facts->splits[1].name == "train");
  BOOST_TEST(facts->splits[1].rows == 30);
  BOOST_TEST(facts->class_names.size() == 2U);
}

BOOST_AUTO_TEST_CASE(the_plan_is_the_one_that_is_written) {
  const auto facts = experiment::run_facts(*plan, *experiment);
  BOOST_TEST(facts->plan_yaml == plan->yaml);
  const auto rate = std::ranges::find(facts->plan, "optimizer.learning_rate", &PlanEntry::key);
  BOOST_REQUIRE(rate != facts->plan.end());
  BOOST_TEST(rate->value.number == 0.1);
  BOOST_TEST(rate->yaml == "0.1");
}

BOOST_AUTO_TEST_SUITE_END()
