#include "runner/plan/option_walk.h"

#include <boost/test/unit_test.hpp>

#include "runner/config/composition.h"
#include "runner/config/overrides.h"
#include "runner/plan/emit.h"
#include "runner/plan/schema.h"
#include "tests/config/show.h"
#include "tests/plan/experiment.h"

namespace assay::test {
namespace {

using Path = std::vector<std::string>;

config::Node node_of(const std::string& text) {
  config::Diagnostics diagnostics;
  return config::read_text("a.yaml", "/a.yaml", text, diagnostics).value();
}

// Returns the config's value there, or the default.
std::string value(const std::string& text, const Path& path) {
  FakeCatalogue catalogue;
  const auto node = plan::TableDefaults(catalogue).value(node_of(text), path);
  return node ? show(*node) : "none";
}

std::string keys(const std::string& text, const Path& path) {
  FakeCatalogue catalogue;
  std::string result;
  for (const std::string& key : plan::TableDefaults(catalogue).keys(node_of(text), path))
    result += key + " ";
  return result;
}

// Returns lines of the plan of an experiment with these arguments, each followed by its origin.
std::string shown(const std::string& lines, const std::vector<std::string>& arguments,
                  const std::string& line, const std::string& but = {}) {
  FakeCatalogue catalogue;
  config::Diagnostics diagnostics;
  const config::StaysWithPlace stays = plan::stays_with_place;
  config::Composition composition(stays, diagnostics);
  config::Node node = node_of(experiment(lines, but));
  config::apply_overrides(node, arguments, composition, plan::TableDefaults(catalogue),
                          diagnostics);
  const auto plan = plan::make_plan(node, catalogue, diagnostics);
  if (!plan || !diagnostics.empty()) return diagnostics.text(false);
  const std::string text = plan::emit_with_origins(*plan);
  if (line.empty()) return text;
  std::string result;
  for (std::size_t at = 0; (at = text.find(line, at)) != std::string::npos;) {
    const std::size_t end = text.find('\n', at);
    for (; at < end; ++at)
      if (text.substr(at, 2) != "  ") result += text[at];
    result += '\n';
  }
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(option_walk)

BOOST_AUTO_TEST_CASE(defaults_follow_the_types) {
  BOOST_TEST(value("a: 1", {"train", "batch_size"}) == "all");
  BOOST_TEST(value("train: {epochs: 1}", {"train", "batch_size"}) == "all");
  BOOST_TEST(value("a: 1", {"train", "epochs"}) == "null");
  BOOST_TEST(value("a: 1", {"loggers", "1"}) == "tensorboard");
  BOOST_TEST(value("a: 1", {"loggers", "3"}) == "none");
  BOOST_TEST(value("model: mlp", {"model", "hidden"}) == "[100, 100]");
  BOOST_TEST(value("model: {type: mlp}", {"model", "hidden", "1"}) == "100");
  BOOST_TEST(value("model: {type: mlp}", {"model", "init", "bias"}) == "zeros");
  BOOST_TEST(value("model: {type: mlp, init: {bias: x}}", {"model", "init", "kernel"}) ==
             "lecun_normal");
  BOOST_TEST(value("model: mlp", {"model", "type"}) == "mlp");
  BOOST_TEST(value("model: cnn", {"model", "hidden"}) == "none");
  BOOST_TEST(value("a: 1", {"model", "hidden"}) == "none");
  BOOST_TEST(value("optimizer: broken", {"optimizer", "learning_rate"}) == "none");
  BOOST_TEST(value("dataset: digits", {"dataset", "split"}) == "null");
  BOOST_TEST(value("dataset: digits", {"dataset", "split", "test"}) == "none");
  BOOST_TEST(value("dataset: {split: {seed: 1}}", {"dataset", "split", "test"}) == "0");
  const std::string hooks =
      "hooks: {a: {type: image, renderer: sheet}, b: scalar}\n"
      "optimizer: {type: sgd, learning_rate: {type: warmup_cosine}}";
  BOOST_TEST(value(hooks, {"hooks", "a", "renderer", "rows"}) == "10");
  BOOST_TEST(value(hooks, {"hooks", "a", "at_end"}) == "false");
  BOOST_TEST(value(hooks, {"hooks", "b", "every"}) == "null");
  BOOST_TEST(value(hooks, {"hooks", "c", "every"}) == "none");
  BOOST_TEST(value(hooks, {"optimizer", "learning_rate", "end_value"}) == "0");
  BOOST_TEST(value("hooks: [{type: image, renderer: sheet}]", {"hooks", "0", "save"}) == "[]");
}

BOOST_AUTO_TEST_CASE(keys_follow_the_types) {
  BOOST_TEST(keys("a: 1", {"train"}) == "epochs steps batch_size shuffle on_nan lanes block_rows ");
  BOOST_TEST(keys("a: 1", {"checkpoints"}) == "every every_epoch every_seconds at_end keep best ");
  BOOST_TEST(keys("model: mlp", {"model"}) == "init_from hidden activation init ");
  BOOST_TEST(keys("model: {type: mlp, init_from: {}}", {"model", "init_from"}) ==
             "file rename missing extra ");
  BOOST_TEST(keys("optimizer: sgd", {"optimizer"}) ==
             "freeze rates learning_rate momentum nesterov ");
  BOOST_TEST(keys("optimizer: sgd", {"optimizer", "rates"}) == "");
  const std::string rates = "optimizer: {type: sgd, rates: [{weights: a}]}";
  BOOST_TEST(keys(rates, {"optimizer", "rates"}) == "0 ");
  BOOST_TEST(keys(rates, {"optimizer", "rates", "0"}) == "weights factor ");
  BOOST_TEST(keys("optimizer: none", {"optimizer"}) == "freeze rates ");
  BOOST_TEST(keys("dataset: digits", {"dataset"}) == "split file ");
  BOOST_TEST(keys("hooks: {a: scalar, b: image}", {"hooks"}) == "a b ");
  BOOST_TEST(keys("a: 1", {"loggers"}) == "0 1 2 ");
  BOOST_TEST(keys("hooks: [scalar]", {"hooks", "0"}) ==
             "every every_epoch times at from until at_end tag value ");
  BOOST_TEST(keys("a: 1", {"nonsense"}) == "");
}

BOOST_AUTO_TEST_CASE(what_a_key_takes) {
  using config::Takes;
  const auto takes = [](const Path& path) {
    FakeCatalogue catalogue;
    return plan::TableDefaults(catalogue).takes(node_of(experiment("hooks: {a: scalar}")), path);
  };
  BOOST_TEST((takes({"optimizer", "learning_rate"}) == Takes::fraction));
  BOOST_TEST((takes({"model", "hidden"}) == Takes::list));
  BOOST_TEST((takes({"model", "hidden", "0"}) == Takes::other));
  BOOST_TEST((takes({"model", "activation"}) == Takes::other));
  BOOST_TEST((takes({"hooks", "a", "tag"}) == Takes::text));
  BOOST_TEST((takes({"nonsense"}) == Takes::unknown));
}

BOOST_AUTO_TEST_CASE(where_a_secret_may_be) {
  const auto takes_secret = [](const Path& path) {
    FakeCatalogue catalogue;
    return plan::TableDefaults(catalogue).takes_secret(node_of(experiment("hooks: {a: scalar}")),
                                                       path);
  };
  BOOST_TEST(takes_secret({"hooks", "a", "value"}));
  BOOST_TEST(!takes_secret({"hooks", "a", "tag"}));
  BOOST_TEST(!takes_secret({"hooks", "a", "type"}));
  BOOST_TEST(!takes_secret({"dataset", "file"}));
  BOOST_TEST(!takes_secret({"name"}));
  BOOST_TEST(!takes_secret({"optimizer", "learning_rate"}));
  BOOST_TEST(takes_secret({"optimizer", "nonsense"}));  // that it is unknown is told elsewhere
}

BOOST_AUTO_TEST_CASE(arguments_change_parts_of_defaults) {
  BOOST_TEST(shown("", {"model.hidden.0=50"}, "hidden: ") ==
             "hidden: [50, 100] # default, argument 1\n");
  BOOST_TEST(shown("", {"+model.hidden.2=7", "~model.hidden.0"}, "hidden: ") ==
             "hidden: [100, 7] # default, argument 1\n");
  BOOST_TEST(shown("", {"model.type=mlp", "model.hidden.1=7"}, "hidden: ", "model") ==
             "hidden: [100, 7] # default, argument 2\n");
  BOOST_TEST(shown("", {"~loggers.0", "loggers.1=jsonl", "~loggers.2"}, "loggers:") ==
             "loggers:\n");
  BOOST_TEST(shown("", {"~loggers.0", "loggers.1=jsonl", "~loggers.2"}, "type: jsonl") ==
             "type: jsonl # argument 2\n");
  BOOST_TEST(shown("", {"model.init.bias=lecun_normal"}, "kernel: ") ==
             "kernel: lecun_normal # default\n");
  BOOST_TEST(shown("", {"model.hidden.2=7", "~model.hidden.3"}, "") ==
             "argument 1: error: model.hidden: by default this is a list of 2 elements without "
             "an element '2'\n"
             "      | model.hidden.2=7\n"
             "      |              ^ 0 to 1; +model.hidden.2=... adds it\n"
             "argument 2: error: model.hidden: by default this is a list of 2 elements without "
             "an element '3'\n"
             "      | ~model.hidden.3\n"
             "      |               ^ 0 to 1\n");
}

BOOST_AUTO_TEST_CASE(references_see_defaults) {
  const auto name = [](const std::string& lines, const std::string& but = {}) {
    return shown(lines, {}, "name: ", but);
  };
  BOOST_TEST(name("name: x_${train.batch_size}") == "name: x_all # a.yaml:1\n");
  BOOST_TEST(name("name: ${loggers.1}") == "name: tensorboard # a.yaml:1\n");
  BOOST_TEST(name("name: x${model.hidden.1}") == "name: x100 # a.yaml:1\n");
  BOOST_TEST(name("name: x${model.type}") == "name: xmlp # a.yaml:1\n");
  BOOST_TEST(name("name: x${model.hidden.0}\nmodel: '${loss.type}'\nloss: mlp", "model loss")
                 .find("did you mean") == std::string::npos);
  // The type is a reference too.
  BOOST_TEST(name("model: {type: \"${env:NO_SUCH,mlp}\"}\nname: x${model.hidden.1}", "model") ==
             "name: x100 # a.yaml:2\n");
  BOOST_TEST(shown("threads: ${train.batch_size}", {}, "") ==
             "a.yaml:1:10: error: threads: expected an integer from 1 to 1024, found 'all'\n"
             "    1 | threads: ${train.batch_size}\n"
             "      |          ^~~~~~~~~~~~~~~~~~~\n");
  BOOST_TEST(shown("model: {type: mlp, hidden: \"${model.hidden}\"}", {}, "", "model") ==
             "a.yaml:1:29: error: model.hidden: references in a cycle\n"
             "    1 | model: {type: mlp, hidden: \"${model.hidden}\"}\n"
             "      |                             ^~~~~~~~~~~~~~~ model.hidden -> model.hidden\n");
  BOOST_TEST(shown("name: ${optimizer.eps}\nseed: ${optimizer.learning_rat}\n"
                   "threads: ${optimizer.learning_rate.value}",
                   {}, "") ==
             "a.yaml:1:7: error: name: the config sets no key 'optimizer.eps'\n"
             "    1 | name: ${optimizer.eps}\n"
             "      |       ^~~~~~~~~~~~~~~~\n"
             "a.yaml:2:7: error: seed: the config sets no key 'optimizer.learning_rat'\n"
             "    2 | seed: ${optimizer.learning_rat}\n"
             "      |       ^~~~~~~~~~~~~~~~~~~~~~~~~ did you mean 'learning_rate'?\n"
             "a.yaml:3:10: error: threads: the config sets no key 'optimizer.learning_rate.value'\n"
             "    3 | threads: ${optimizer.learning_rate.value}\n"
             "      |          ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n");
  BOOST_TEST(name("name: x${optimizer.learning_rate}\noptimizer: sgd", "optimizer")
                 .find("it has no default: set it") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
