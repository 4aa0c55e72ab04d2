#include "runner/plan/emit.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <sstream>
#include <tuple>

#include "runner/plan/canonical.h"
#include "runner/plan/load.h"
#include "runner/plan/yaml_text.h"
#include "tests/config/show.h"
#include "tests/plan/experiment.h"
#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

namespace assay::test {
namespace {

using plan::BestPlan;

// Compares the experiment's own values. Those of components are in the YAML completely, or not at
// all.
void check_same(const plan::Plan& a, const plan::Plan& b) {
  const auto train = [](const plan::TrainPlan& t) {
    return std::tie(t.epochs, t.steps, t.batch_size, t.shuffle, t.on_nan, t.lanes, t.block_rows);
  };
  const auto trigger = [](const plan::Trigger& t) {
    return std::tie(t.every, t.every_epoch, t.times, t.at, t.from, t.until, t.at_end);
  };
  BOOST_TEST((a.seed == b.seed));
  BOOST_TEST(a.resume == b.resume);
  BOOST_TEST((a.threads == b.threads));
  BOOST_TEST((a.kernels == b.kernels));
  const auto checkpoints = [](const plan::CheckpointPlan& c) {
    return std::tuple(c.every, c.every_epoch, c.every_seconds, c.at_end, c.keep,
                      c.best ? c.best->value : "", c.best && c.best->mode == BestPlan::Mode::min);
  };
  BOOST_TEST((train(a.train) == train(b.train)));
  BOOST_TEST((checkpoints(a.checkpoints) == checkpoints(b.checkpoints)));
  BOOST_REQUIRE(a.split.has_value() == b.split.has_value());
  if (a.split.has_value()) {
    BOOST_TEST(a.split->test == b.split->test);
    BOOST_TEST(a.split->validation == b.split->validation);
    BOOST_TEST(a.split->seed == b.split->seed);
  }
  BOOST_TEST(a.metrics.size() == b.metrics.size());
  BOOST_TEST(a.loggers.size() == b.loggers.size());
  BOOST_REQUIRE(a.hooks.size() == b.hooks.size());
  for (std::size_t i = 0; i < a.hooks.size(); ++i) {
    BOOST_TEST(a.hooks[i].name == b.hooks[i].name);
    BOOST_TEST((trigger(a.hooks[i].trigger) == trigger(b.hooks[i].trigger)));
  }
}

// Returns the lines with values, without the spaces that align the comments.
std::string origins(const plan::Plan& plan) {
  std::istringstream lines(plan::emit_with_origins(plan));
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    const std::size_t comment = line.find("  # ");
    if (comment == std::string::npos) continue;
    result += line.substr(0, line.find_last_not_of(' ', comment) + 1) + line.substr(comment) + "\n";
  }
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(emit)

BOOST_AUTO_TEST_CASE(says_everything) {
  const Outcome outcome = plan_of(experiment(
      "hooks: {a: {type: scalar, tag: \"Step ${step}\", value: test.loss, at: 3}}\nloggers: []"));
  BOOST_TEST(outcome.problems == "");
  const std::string header =
      "# The plan of a run: the config with every default. `assay run` on this file repeats the "
      "run.\n"
      "# Digest of what decides the result: " +
      plan::digest(outcome.plan.value()) + "\n";
  BOOST_REQUIRE(outcome.plan->yaml.starts_with(header));
  BOOST_TEST(outcome.plan->yaml.substr(header.size()) ==
             "name: a\n"
             "seed: 0\n"
             "run_dir: \"runs/a/${now:%Y%m%d-%H%M%S}\"\n"
             "threads: null\n"
             "kernels: null\n"
             "dataset:\n"
             "  type: digits\n"
             "  split: null\n"
             "  file: \"assay:digits.csv\"\n"
             "model:\n"
             "  type: mlp\n"
             "  hidden: [100, 100]\n"
             "  activation: selu\n"
             "  init:\n"
             "    kernel: lecun_normal\n"
             "    bias: zeros\n"
             "loss:\n"
             "  type: softmax_cross_entropy\n"
             "optimizer:\n"
             "  type: sgd\n"
             "  learning_rate: 0.1\n"
             "  momentum: null\n"
             "  nesterov: false\n"
             "train:\n"
             "  epochs: 2\n"
             "  batch_size: all\n"
             "  shuffle: true\n"
             "  on_nan: stop\n"
             "  lanes: null\n"
             "  block_rows: null\n"
             "checkpoints:\n"
             "  every_seconds: 300\n"
             "  at_end: true\n"
             "  keep: 2\n"
             "metrics:\n"
             "  loss:\n"
             "    type: loss\n"
             "hooks:\n"
             "  a:\n"
             "    type: scalar\n"
             "    at: [3]\n"
             "    tag: \"Step ${step}\"\n"
             "    value: test.loss\n"
             "loggers: {}\n");
}

BOOST_AUTO_TEST_CASE(reads_back_as_itself) {
  for (const std::string lines :
       {"",
        "name: 'null'\nseed: 9223372036854775807\nthreads: 3\nkernels: generic\nrun_dir: \"x: "
        "#\\\"\\\\ ü\"",
        "name: \"1e5\"\nhooks: [{type: scalar, tag: \"a: 'b' [}\", value: \"a.\\n\\tb\", every: 2, "
        "from: 1, until: 9, at_end: true, at: [0, 4], every_epoch: 3}, {type: scalar, tag: ~x, "
        "value: a.b, at: 1}, {type: scalar, tag: y, value: a.b, every_epoch: 1, times: 7}]",
        "hooks: {h-1: {type: image, tag: t, renderer: {type: sheet, split: ''}, save: [png, svg], "
        "at: 0}}\nmetrics: {top: {type: top_k, k: 3}}\nloggers: [console, jsonl]",
        "optimizer: {type: adam, eps: 1e-300, learning_rate: {type: warmup_cosine, init_value: -0, "
        "peak_value: 0.30000000000000004, warmup_steps: 1, decay_steps: 2}}",
        "dataset: {type: digits, file: 'a b/ü.csv', split: {test: 0.1, validation: 0.2, seed: 4}}\n"
        "train: {steps: 5, batch_size: 7, shuffle: false, on_nan: ignore, lanes: 2, block_rows: 3}",
        "checkpoints: {every: 3, every_epoch: 2, every_seconds: never, at_end: false, keep: 5}",
        "checkpoints: {best: {value: test.loss, mode: min}}",
        "model: {type: mlp, init_from: 'a b.safetensors'}",
        "model: {type: mlp, init_from: {file: a.safetensors, rename: {'a*': b*, '*': ~, '': "
        "'null'}, "
        "missing: ['*', allow], extra: [error, '']}}",
        "optimizer: {type: sgd, learning_rate: 1, freeze: 'a.*', rates: {'*': 1e-30, a: 2}}",
        "resume: true\nrun_dir: here", "model: {type: mlp, hidden: []}"}) {
    std::string but;
    for (const char* key : {"dataset", "model", "optimizer", "train"})
      if (lines.find(std::string(key) + ":") != std::string::npos) but += key;
    const Outcome first = plan_of(experiment(lines, but));
    BOOST_TEST(first.problems == "");
    BOOST_REQUIRE(first.plan.has_value());
    const Outcome second = plan_of(first.plan->yaml);
    BOOST_TEST(second.problems == "");
    BOOST_REQUIRE(second.plan.has_value());
    BOOST_TEST(second.plan->yaml == first.plan->yaml);
    BOOST_TEST(second.plan->name == first.plan->name);
    BOOST_TEST(second.plan->run_dir == first.plan->run_dir);
    check_same(*second.plan, *first.plan);
  }
}

BOOST_AUTO_TEST_CASE(where_every_value_comes_from) {
  const TemporaryFolder folder;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  write_file("a.yaml",
             "seed: 3\n"
             "dataset:\n"
             "  type: digits\n"
             "  split: {test: 0.25,\n"
             "    seed: 1}\n"
             "model: {type: mlp,\n"
             "  hidden: [100, 50]}\n"
             "loss: softmax_cross_entropy\n"
             "optimizer:\n"
             "  type: sgd\n"
             "  learning_rate: {type: cosine, decay_steps: '${seed}',\n"
             "    init_value: \"${seed}\"}\n"
             "train: {steps: 5}\n"
             "hooks:\n"
             "  a:\n"
             "    type: scalar\n"
             "    tag: \"t ${seed}\"\n"
             "    value: test.loss\n"
             "    at:\n"
             "      4\n"
             "    at_end: true\n");
  const std::vector<std::string> arguments = {"model.hidden.0=10", "train.batch_size=32",
                                              "loggers=[jsonl]", "hooks.a.every=2"};
  FakeCatalogue catalogue;
  config::Diagnostics diagnostics;
  const auto plan = plan::load("a.yaml", arguments, catalogue, diagnostics);
  std::filesystem::current_path(before);
  BOOST_TEST(diagnostics.text(false) == "");
  BOOST_REQUIRE(plan.has_value());
  BOOST_TEST(origins(*plan) ==
             "name: a  # default\n"
             "seed: 3  # a.yaml:1\n"
             "run_dir: \"runs/a/${now:%Y%m%d-%H%M%S}\"  # default\n"
             "threads: null  # default\n"
             "kernels: null  # default\n"
             "  type: digits  # a.yaml:3\n"
             "    test: 0.25  # a.yaml:4\n"
             "    validation: 0  # default\n"
             "    seed: 1  # a.yaml:5\n"
             "  file: \"assay:digits.csv\"  # default\n"
             "  type: mlp  # a.yaml:6\n"
             "  hidden: [10, 50]  # a.yaml:7, argument 1\n"
             "  activation: selu  # default\n"
             "    kernel: lecun_normal  # default\n"
             "    bias: zeros  # default\n"
             "  type: softmax_cross_entropy  # a.yaml:8\n"
             "  type: sgd  # a.yaml:10\n"
             "    type: cosine  # a.yaml:11\n"
             "    init_value: 3  # a.yaml:12\n"
             "    decay_steps: 3  # a.yaml:11\n"
             "  momentum: null  # default\n"
             "  nesterov: false  # default\n"
             "  steps: 5  # a.yaml:13\n"
             "  batch_size: 32  # argument 2\n"
             "  shuffle: true  # default\n"
             "  on_nan: stop  # default\n"
             "  lanes: null  # default\n"
             "  block_rows: null  # default\n"
             "  every_seconds: 300  # default\n"
             "  at_end: true  # default\n"
             "  keep: 2  # default\n"
             "    type: loss  # a.yaml:18\n"
             "    type: scalar  # a.yaml:16\n"
             "    every: 2  # argument 4\n"
             "    at: [4]  # a.yaml:20\n"
             "    at_end: true  # a.yaml:21\n"
             "    tag: \"t 3\"  # a.yaml:17\n"
             "    value: test.loss  # a.yaml:18\n"
             "    type: jsonl  # argument 3\n");
  // Comments are in one column, and are not part of the values.
  BOOST_TEST(plan::emit_with_origins(*plan).find("\nseed: 3 ") != std::string::npos);
  const Outcome again = plan_of(plan::emit_with_origins(*plan));
  BOOST_TEST(again.problems == "");
  BOOST_TEST(again.plan.value().yaml == plan->yaml);
}

BOOST_AUTO_TEST_CASE(comments_stand_in_one_column) {
  config::Diagnostics diagnostics;
  const auto node = config::read_text(
      "a", "/a",
      "a: 1\nbc:\n  - d: \"é漢\"\n    e: [1, 2]\n  - f\ng: " + std::string(70, 'x') + "\n",
      diagnostics);
  BOOST_TEST(plan::yaml_text(node.value(),
                             [](const config::Node& n) { return std::to_string(n.where.line); }) ==
             "a: 1           # 1\n"
             "bc:\n"
             "  - d: \"é漢\"   # 3\n"
             "    e: [1, 2]  # 4\n"
             "  - f          # 5\n"
             "g: " +
                 std::string(70, 'x') + "  # 6\n");
}

BOOST_AUTO_TEST_CASE(texts_stay_texts) {
  for (const std::string text :
       {"",    "a",   "a b",  "null", "Null", "~",    "true",    "yes",        "No",        "1",
        "0x1", "1e5", ".inf", "-",    "- a",  "a: b", "a #b",    "#a",         "[a",        "{a",
        "*a",  "&a",  "!a",   "|",    ">",    "'a'",  "\"a\"",   "a\\b",       "a\nb",      "a\tb",
        " a",  "a ",  "%a",   "@a",   "`a",   "ü",    "漢字 😀",  "/a/b.c-d_e", "a:b",       "a,b",
        "<<",  "=",   "?",    "? a",  "---",  "...",  "${step}", "y",          "2001-01-01"}) {
    config::Node node;
    node.kind = config::Node::Kind::map;
    config::Node value;
    value.kind = config::Node::Kind::scalar;
    value.scalar = text;
    value.quoted = true;
    config::Node list;
    list.kind = config::Node::Kind::list;
    list.list = {value, value};
    node.map = {{"k", {}, value}, {"l", {}, list}};
    config::Diagnostics diagnostics;
    const auto back = config::read_text("a", "/a", plan::yaml_text(node), diagnostics);
    BOOST_TEST(diagnostics.text(false) == "");
    BOOST_REQUIRE(back.has_value());
    BOOST_TEST((back->find("k")->kind == config::Node::Kind::scalar));
    BOOST_TEST(back->find("k")->scalar == text);
    BOOST_TEST(back->find("l")->list.at(1).scalar == text);
  }
}

BOOST_AUTO_TEST_CASE(lists_of_maps) {
  const std::string text =
      "a:\n"
      "  - b: 1\n"
      "    c:\n"
      "      - d: 2\n"
      "  - [1, [2, 3]]\n"
      "  - {}\n";
  config::Diagnostics diagnostics;
  const auto node = config::read_text("a", "/a", text, diagnostics);
  BOOST_REQUIRE(node.has_value());
  BOOST_TEST(plan::yaml_text(*node) == text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
