#include "runner/plan/canonical.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>
#include <vector>

#include "runner/plan/load.h"
#include "runner/plan/schema.h"
#include "tests/plan/experiment.h"
#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

namespace assay::test {
namespace {

const std::string base =
    "name: a\n"
    "dataset: {type: digits, split: {test: 0.25}}\n"
    "transforms: {scale: standardize}\n"
    "model: mlp\n"
    "loss: softmax_cross_entropy\n"
    "gradient_transforms: {limit: clip}\n"
    "optimizer: {type: sgd, learning_rate: {type: cosine, init_value: 0.1, decay_steps: 9}}\n"
    "train: {epochs: 2}\n"
    "metrics: {top: {type: top_k, k: 3}}\n"
    "hooks:\n"
    "  curve: {type: scalar, tag: t, value: test.top, every: 5}\n"
    "  sheet: {type: image, tag: u, renderer: sheet, at: 1}\n"
    "loggers: [console]\n";

std::string digest_with(const std::vector<std::string>& arguments) {
  FakeCatalogue catalogue;
  for (const Kind kind :
       {Kind::dataset, Kind::transform, Kind::model, Kind::loss, Kind::gradient_transform})
    catalogue.add(kind, "other", {});
  config::Diagnostics diagnostics;
  static const TemporaryFolder folder;
  write_file(folder / "a.yaml", base);
  const auto plan = plan::load((folder / "a.yaml").string(), arguments, catalogue, diagnostics);
  BOOST_TEST(diagnostics.text(false) == "");
  return plan::digest(plan.value());
}

// For every key of the plan above, arguments that change its value.
const std::map<std::string, std::vector<std::string>> changes = {
    {"name", {"name=b"}},
    {"seed", {"seed=1"}},
    {"run_dir", {"run_dir=elsewhere"}},
    {"resume", {"resume=true", "run_dir=here"}},
    {"threads", {"threads=2"}},
    {"kernels", {"kernels=generic"}},
    {"dataset.type", {"dataset.type=other"}},
    {"dataset.split.test", {"dataset.split.test=0.3"}},
    {"dataset.split.validation", {"dataset.split.validation=0.1"}},
    {"dataset.split.seed", {"dataset.split.seed=1"}},
    {"dataset.split", {"dataset.split=null"}},
    {"dataset.file", {"dataset.file=x.csv"}},
    {"transforms", {"transforms=[]"}},
    {"transforms.scale.type", {"transforms.scale={type: other}"}},
    {"transforms.scale.with_mean", {"transforms.scale={type: standardize, with_mean: false}"}},
    {"gradient_transforms", {"gradient_transforms={other: clip}"}},
    {"gradient_transforms.limit.type", {"gradient_transforms.limit.type=other"}},
    {"gradient_transforms.limit.max_norm", {"gradient_transforms.limit.max_norm=2"}},
    {"model.type", {"model.type=other"}},
    {"model.hidden", {"model.hidden=[100]"}},
    {"model.activation", {"model.activation=relu"}},
    {"model.init.kernel", {"model.init.kernel=zeros"}},
    {"model.init.bias", {"model.init.bias=lecun_normal"}},
    {"model.init_from", {"model.init_from=a.safetensors"}},
    {"model.init_from.file", {"model.init_from=b.safetensors"}},
    {"model.init_from.rename.from", {"model.init_from={file: a.safetensors, rename: {a: b}}"}},
    {"model.init_from.rename.to", {"model.init_from={file: a.safetensors, rename: {a: null}}"}},
    {"model.init_from.missing", {"model.init_from={file: a.safetensors, missing: allow}"}},
    {"model.init_from.extra", {"model.init_from={file: a.safetensors, extra: allow}"}},
    {"loss.type", {"loss.type=other"}},
    {"optimizer.type", {"optimizer={type: adam, learning_rate: 0.1}"}},
    {"optimizer.learning_rate.type", {"optimizer.learning_rate=0.1"}},
    {"optimizer.learning_rate.init_value", {"optimizer.learning_rate.init_value=0.2"}},
    {"optimizer.learning_rate.decay_steps", {"optimizer.learning_rate.decay_steps=8"}},
    {"optimizer.momentum", {"optimizer.momentum=0"}},
    {"optimizer.nesterov", {"optimizer.nesterov=true"}},
    {"optimizer.freeze", {"optimizer.freeze=[a.*]"}},
    {"optimizer.rates.weights", {"optimizer.rates={a.*: 2}"}},
    {"optimizer.rates.factor", {"optimizer.rates={a.*: 3}"}},
    {"train.epochs", {"train.epochs=3"}},
    {"train.steps", {"train.epochs=null", "train.steps=2"}},
    {"train.batch_size", {"train.batch_size=32"}},
    {"train.shuffle", {"train.shuffle=false"}},
    {"train.on_nan", {"train.on_nan=ignore"}},
    {"train.lanes", {"train.lanes=1"}},
    {"train.block_rows", {"train.block_rows=64"}},
    {"checkpoints.every", {"checkpoints.every=7"}},
    {"checkpoints.every_epoch", {"checkpoints.every_epoch=1"}},
    {"checkpoints.every_seconds", {"checkpoints.every_seconds=never"}},
    {"checkpoints.at_end", {"checkpoints.at_end=false"}},
    {"checkpoints.keep", {"checkpoints.keep=3"}},
    {"checkpoints.best", {"checkpoints.best={value: test.top, mode: max}"}},
    {"checkpoints.best.value", {"checkpoints.best={value: test.loss, mode: max}"}},
    {"checkpoints.best.mode", {"checkpoints.best={value: test.top, mode: min}"}},
    {"metrics", {"metrics={top: {type: top_k, k: 3}, more: loss}"}},
    {"metrics.top.type", {"metrics.top.type=loss"}},
    {"metrics.top.k", {"metrics.top.k=4"}},
    {"hooks", {"hooks=[]"}},
    {"hooks.curve.type", {"hooks.curve={type: image, tag: t, renderer: sheet, every: 5}"}},
    {"hooks.curve.every", {"hooks.curve.every=6"}},
    {"hooks.curve.every_epoch", {"hooks.curve.every_epoch=1"}},
    {"hooks.curve.times", {"hooks.curve.times=1"}},
    {"hooks.curve.at", {"hooks.curve.at=[0]"}},
    {"hooks.curve.from", {"hooks.curve.from=1"}},
    {"hooks.curve.until", {"hooks.curve.until=5"}},
    {"hooks.curve.at_end", {"hooks.curve.at_end=true"}},
    {"hooks.curve.tag", {"hooks.curve.tag=v"}},
    {"hooks.curve.value", {"hooks.curve.value=train.top"}},
    {"hooks.sheet.renderer.type", {"hooks.sheet.renderer.type=test_sheet"}},
    {"hooks.sheet.renderer.split", {"hooks.sheet.renderer.split=train"}},
    {"hooks.sheet.renderer.rows", {"hooks.sheet.renderer.rows=9"}},
    {"hooks.sheet.renderer.columns", {"hooks.sheet.renderer.columns=9"}},
    {"hooks.sheet.save", {"hooks.sheet.save=[png]"}},
    {"loggers", {"loggers=[jsonl, console]"}},
};

std::string top_of(const std::string& key) { return key.substr(0, key.find('.')); }

// Adds the keys of a table that have values and not members.
void add_keys(const std::string& owner, std::span<const Parameter> table,
              std::set<std::string>& keys) {
  for (const Parameter& p : table) {
    const std::string key = owner + p.name;
    if (p.type == ParameterType::group) add_keys(key + ".", p.group(), keys);
    if (p.type != ParameterType::group || std::string_view(p.fallback) == "null") keys.insert(key);
  }
}

void add_component(const std::string& key, Kind kind, const std::string& type,
                   std::set<std::string>& keys) {
  FakeCatalogue catalogue;
  keys.erase(key);
  keys.insert(key + ".type");
  add_keys(key + ".", catalogue.parameters(kind, type), keys);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(canonical)

// Whoever adds a key to one of the tables must add it to the changes here.
BOOST_AUTO_TEST_CASE(no_key_is_forgotten) {
  std::set<std::string> keys;
  add_keys("", plan::experiment_parameters(), keys);
  add_component("dataset", Kind::dataset, "digits", keys);
  add_keys("dataset.", plan::split_parameters(), keys);
  add_keys("model.", plan::init_parameters(), keys);
  add_keys("optimizer.", plan::tuning_parameters(), keys);
  add_component("model", Kind::model, "mlp", keys);
  add_component("loss", Kind::loss, "softmax_cross_entropy", keys);
  add_component("transforms.scale", Kind::transform, "standardize", keys);
  add_component("gradient_transforms.limit", Kind::gradient_transform, "clip", keys);
  add_component("optimizer", Kind::optimizer, "sgd", keys);
  add_component("optimizer.learning_rate", Kind::schedule, "cosine", keys);
  add_component("metrics.top", Kind::metric, "top_k", keys);
  add_component("hooks.curve", Kind::hook, "scalar", keys);
  add_keys("hooks.curve.", plan::trigger_parameters(), keys);
  add_component("hooks.sheet", Kind::hook, "image", keys);
  add_component("hooks.sheet.renderer", Kind::renderer, "sheet", keys);
  for (const char* as_in_curve : {"hooks.sheet.type", "hooks.sheet.tag"}) keys.erase(as_in_curve);
  std::set<std::string> changed;
  for (const auto& [key, arguments] : changes) changed.insert(key);
  BOOST_TEST(changed == keys, boost::test_tools::per_element());
  for (const std::string_view key : plan::not_in_digest)
    BOOST_TEST(std::ranges::any_of(keys, [&](const auto& k) { return top_of(k) == key; }),
               key << " is no key");
}

BOOST_AUTO_TEST_CASE(what_decides_the_result_changes_the_digest) {
  std::map<std::string, std::string> seen = {{digest_with({}), "nothing"}};
  for (const auto& [key, arguments] : changes) {
    const std::string digest = digest_with(arguments);
    if (std::ranges::count(plan::not_in_digest, top_of(key)) > 0) {
      BOOST_TEST(digest == digest_with({}), key << " changes the digest");
    } else {
      const auto [found, is_new] = seen.emplace(digest, key);
      BOOST_TEST(is_new, "changing " << key << " is like changing " << found->second);
    }
  }
}

BOOST_AUTO_TEST_CASE(how_it_is_said_does_not_matter) {
  const auto digest = [](const std::string& text) {
    const Outcome outcome = plan_of(text);
    BOOST_TEST(outcome.problems == "");
    return plan::digest(outcome.plan.value());
  };
  const std::string one =
      "dataset: digits\nmodel: mlp\nloss: softmax_cross_entropy\ntrain: {epochs: 2}\n"
      "optimizer: {type: sgd, learning_rate: 0.1}\n"
      "hooks: {a: {type: scalar, tag: x, value: a.v, at: 3}, b: {type: scalar, tag: y, value: a.v, "
      "every: 1}}\n";
  const std::string other =
      "# The same.\n"
      "hooks:\n  b: {every: 1, value: a.v, tag: 'y', type: scalar}\n"
      "  a: {tag: \"x\", at: [3, 3], value: a.v, type: scalar, at_end: false}\n"
      "train: {batch_size: all, epochs: 2}\nseed: 0\n"
      "optimizer: {learning_rate: 1.0e-1, momentum: null, type: sgd}\n"
      "loss: {type: softmax_cross_entropy}\nmodel: {type: mlp, hidden: [100, 100]}\n"
      "dataset: {type: digits, file: 'assay:digits.csv'}\n";
  BOOST_TEST(digest(one) == digest(other));
  BOOST_TEST(digest(plan_of(one).plan.value().yaml) == digest(one));
}

// Compares the text, so that a digest stays the same from one version to the next. The digest was
// computed with the Python module xxhash.
BOOST_AUTO_TEST_CASE(the_form) {
  const plan::Plan plan = plan_of(experiment("seed: 7\nhooks: {}")).plan.value();
  BOOST_TEST(plan::canonical(plan) ==
             "dataset.file: \"assay:digits.csv\"\n"
             "dataset.split: null\n"
             "dataset.type: digits\n"
             "hooks: {}\n"
             "kernels: null\n"
             "loss.type: softmax_cross_entropy\n"
             "metrics: {}\n"
             "model.activation: selu\n"
             "model.hidden: [100, 100]\n"
             "model.init.bias: zeros\n"
             "model.init.kernel: lecun_normal\n"
             "model.type: mlp\n"
             "optimizer.learning_rate: 0.1\n"
             "optimizer.momentum: null\n"
             "optimizer.nesterov: false\n"
             "optimizer.type: sgd\n"
             "seed: 7\n"
             "train.batch_size: all\n"
             "train.block_rows: null\n"
             "train.epochs: 2\n"
             "train.lanes: null\n"
             "train.on_nan: stop\n"
             "train.shuffle: true\n");
  BOOST_TEST(plan::digest(plan) == "051258e3b6bef3328e224321b386858c");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
