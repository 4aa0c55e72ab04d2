#include "runner/plan/make_plan.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "tests/plan/experiment.h"

namespace assay::test {
namespace {

std::string metric_names(const plan::Plan& plan) {
  std::string names;
  for (const plan::NamedComponent& m : plan.metrics) names += m.name + ":" + m.component.type + " ";
  return names;
}

// Returns the first message without its place.
std::string message(const std::string& lines, const std::string& but = {}) {
  const std::string all = problems(lines, but);
  if (all.empty()) return "none";
  const std::size_t begin = all.find("error: ") + 7;
  return all.substr(begin, all.find('\n') - begin);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(make_plan)

BOOST_AUTO_TEST_CASE(defaults) {
  const Outcome outcome = plan_of(experiment(""));
  BOOST_TEST(outcome.problems == "");
  BOOST_REQUIRE(outcome.plan.has_value());
  const plan::Plan& plan = *outcome.plan;
  BOOST_TEST(plan.name == "a");  // the file's
  BOOST_TEST(plan.seed == 0U);
  BOOST_TEST(plan.run_dir == "runs/a/${now:%Y%m%d-%H%M%S}");
  BOOST_TEST(!plan.resume);
  BOOST_TEST(!plan.threads.has_value());
  BOOST_TEST(!plan.kernels.has_value());
  BOOST_TEST(!plan.split.has_value());
  BOOST_TEST(plan.train.epochs.value() == 2);
  BOOST_TEST(!plan.train.steps.has_value());
  BOOST_TEST(!plan.train.batch_size.has_value());
  BOOST_TEST(plan.train.shuffle);
  BOOST_TEST((plan.train.on_nan == plan::OnNan::stop));
  BOOST_TEST(!plan.train.lanes.has_value());
  BOOST_TEST(!plan.train.block_rows.has_value());
  BOOST_TEST(!plan.checkpoints.every.has_value());
  BOOST_TEST(!plan.checkpoints.every_epoch.has_value());
  BOOST_TEST(plan.checkpoints.every_seconds.value() == 300);
  BOOST_TEST(plan.checkpoints.at_end);
  BOOST_TEST(plan.checkpoints.keep == 2);
  BOOST_TEST(plan.hooks.size() == 2U);  // hooks_of_a_config_that_has_none
  BOOST_TEST(plan.metrics.size() == 1U);
  BOOST_REQUIRE(plan.loggers.size() == 3U);
  BOOST_TEST(plan.loggers[0].name == "console");
  BOOST_TEST(plan.model.type == "mlp");
  BOOST_TEST((plan.model.kind == Kind::model));
  BOOST_TEST(plan.model.where.line == 3);
  BOOST_TEST(plan.model.where.column == 8);
}

BOOST_AUTO_TEST_CASE(all_said) {
  const Outcome outcome = plan_of(experiment(
      "name: x\nseed: 7\nrun_dir: r/${name}-${seed}\nresume: true\nthreads: 2\nkernels: avx2\n"
      "dataset: {type: digits, file: d.csv, split: {test: 0.2, validation: 0.1, seed: 3}}\n"
      "train: {steps: 9, batch_size: 32, shuffle: false, on_nan: ignore, lanes: 4, block_rows: 8}\n"
      "checkpoints: {every: 5, every_epoch: 2, every_seconds: never, at_end: false, keep: 1}\n"
      "loggers: {a: console, b: {type: jsonl}}",
      "dataset train"));
  BOOST_TEST(outcome.problems == "");
  BOOST_REQUIRE(outcome.plan.has_value());
  const plan::Plan& plan = *outcome.plan;
  BOOST_TEST(plan.name == "x");
  BOOST_TEST(plan.seed == 7U);
  BOOST_TEST(plan.run_dir == "r/x-7");
  BOOST_TEST(plan.resume);
  BOOST_TEST(plan.threads.value() == 2);
  BOOST_TEST((plan.kernels == InstructionSet::avx2));
  BOOST_TEST(std::get<std::string>(plan.dataset.values.find("file")->data) == "/configs/d.csv");
  BOOST_TEST(plan.dataset.values.find("split") == nullptr);
  BOOST_TEST(plan.split.value().test == 0.2);
  BOOST_TEST(plan.split.value().validation == 0.1);
  BOOST_TEST(plan.split.value().seed == 3U);
  BOOST_TEST(plan.train.steps.value() == 9);
  BOOST_TEST(!plan.train.epochs.has_value());
  BOOST_TEST(plan.train.batch_size.value() == 32);
  BOOST_TEST(!plan.train.shuffle);
  BOOST_TEST((plan.train.on_nan == plan::OnNan::ignore));
  BOOST_TEST(plan.train.lanes.value() == 4);
  BOOST_TEST(plan.train.block_rows.value() == 8);
  BOOST_TEST(plan.checkpoints.every.value() == 5);
  BOOST_TEST(plan.checkpoints.every_epoch.value() == 2);
  BOOST_TEST(!plan.checkpoints.every_seconds.has_value());
  BOOST_TEST(!plan.checkpoints.at_end);
  BOOST_TEST(plan.checkpoints.keep == 1);
  BOOST_TEST(plan.loggers.size() == 2U);
  BOOST_TEST(plan.loggers[1].name == "b");
}

BOOST_AUTO_TEST_CASE(triggers) {
  const Outcome outcome = plan_of(
      experiment("hooks:\n"
                 "  - {type: scalar, tag: a, value: batch.loss, every: 5, from: 2, until: 9}\n"
                 "  - {type: scalar, tag: b, value: batch.loss, at: 3}\n"
                 "  - {type: scalar, tag: c, value: batch.loss, at: [9, 0, 9], at_end: true, "
                 "every_epoch: 2}"));
  BOOST_TEST(outcome.problems == "");
  BOOST_REQUIRE(outcome.plan.has_value());
  const auto& hooks = outcome.plan->hooks;
  BOOST_REQUIRE(hooks.size() == 3U);
  BOOST_TEST(hooks[0].name == "scalar");
  BOOST_TEST(hooks[1].name == "scalar_2");
  BOOST_TEST(hooks[2].name == "scalar_3");
  BOOST_TEST(hooks[0].trigger.every.value() == 5);
  BOOST_TEST(hooks[0].trigger.from.value() == 2);
  BOOST_TEST(hooks[0].trigger.until.value() == 9);
  BOOST_TEST(!hooks[0].trigger.at_end);
  BOOST_TEST(hooks[1].trigger.at == std::vector<std::int64_t>({3}));
  BOOST_TEST(hooks[2].trigger.at == std::vector<std::int64_t>({0, 9}));
  BOOST_TEST(hooks[2].trigger.at_end);
  BOOST_TEST(hooks[2].trigger.every_epoch.value() == 2);
  BOOST_TEST(hooks[0].component.values.find("every") == nullptr);
}

BOOST_AUTO_TEST_CASE(hooks_of_a_config_that_has_none) {
  const Outcome bare = plan_of(experiment(""));
  BOOST_TEST(bare.problems == "");
  BOOST_REQUIRE(bare.plan.has_value());
  const auto& hooks = bare.plan->hooks;
  BOOST_REQUIRE(hooks.size() == 2U);
  BOOST_TEST(hooks[0].name == "train_loss");
  BOOST_TEST(hooks[0].trigger.every_epoch.value() == 1);
  BOOST_TEST(hooks[0].trigger.times.value() == 1000);
  BOOST_TEST(hooks[0].trigger.at_end);
  BOOST_TEST(std::get<std::string>(hooks[0].component.values.find("value")->data) == "epoch.loss");
  BOOST_TEST(hooks[1].name == "eval_loss");
  BOOST_TEST(hooks[1].trigger.times.value() == 100);
  BOOST_TEST(std::get<std::string>(hooks[1].component.values.find("value")->data) == "eval.loss");
  BOOST_REQUIRE(bare.plan->metrics.size() == 1U);  // an epoch has no metrics
  BOOST_TEST(bare.plan->metrics[0].name == "loss");
  for (const char* none : {"hooks: {}", "hooks: []"}) {
    const Outcome outcome = plan_of(experiment(none));
    BOOST_REQUIRE(outcome.plan.has_value());
    BOOST_TEST(outcome.plan->hooks.empty());
  }
  // Reports the misspelt key, and nothing else.
  const Outcome misspelt =
      plan_of(experiment("hoks: {a: {type: scalar, tag: x, value: batch.loss, every: 1}}"));
  BOOST_TEST(misspelt.problems.find("did you mean 'hooks'?") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(metrics_that_hooks_name) {
  const std::string hooks =
      "hooks:\n"
      "  a: {type: scalar, tag: a, value: test.accuracy, every: 1}\n"
      "  b: {type: scalar, tag: b, value: train.loss, every: 1}\n"
      "  c: {type: scalar, tag: c, value: validation.top5, every: 1}\n"
      "  d: {type: scalar, tag: d, value: batch.loss, every: 1}\n";
  // This split is the dataset's own.
  BOOST_TEST(metric_names(plan_of(experiment("hooks: {a: {type: scalar, tag: a, value: eval.loss, "
                                             "every: 1}}"))
                              .plan.value()) == "loss:loss ");
  BOOST_TEST(metric_names(plan_of(experiment(hooks)).plan.value()) ==
             "accuracy:accuracy loss:loss ");
  BOOST_TEST(metric_names(plan_of(experiment(hooks + "metrics: {top5: {type: top_k, k: 5}, loss: "
                                                     "{type: top_k, k: 1}}"))
                              .plan.value()) == "top5:top_k loss:top_k accuracy:accuracy ");
  FakeCatalogue without;
  without.remove(Kind::metric, "loss");
  BOOST_TEST(metric_names(plan_of(experiment(hooks), without).plan.value()) ==
             "accuracy:accuracy ");
}

BOOST_AUTO_TEST_CASE(every_problem_in_one_go) {
  BOOST_TEST(
      plan_of("sed: 1\nmodel: {type: mlp, hidden: [10, 010]}\noptimizer:\n  type: sdg\n")
          .problems ==
      "a.yaml:1:1: error: sed: unknown key\n"
      "    1 | sed: 1\n"
      "      | ^~~ did you mean 'seed'?  (keys: name, seed, run_dir, resume, threads, kernels, "
      "dataset, "
      "transforms, model, loss, gradient_transforms, optimizer, train, checkpoints, metrics, "
      "hooks, loggers, "
      "extends)\n"
      "a.yaml:2:33: error: model.hidden.1: expected an integer of at least 1, found '010'\n"
      "    2 | model: {type: mlp, hidden: [10, 010]}\n"
      "      |                                 ^~~ no leading zeros: write 10\n"
      "a.yaml:4:9: error: optimizer.type: no optimizer 'sdg'\n"
      "    4 |   type: sdg\n"
      "      |         ^~~ did you mean 'sgd'?  (optimizers: adam, broken, sgd; `assay "
      "plugins list optimizer`)\n"
      "a.yaml:5:1: error: dataset: missing: expected the name of a dataset, or {type: NAME, ...}\n"
      "    5 | \n"
      "      | ^ add `dataset: NAME`  (the data to learn from; datasets: digits; `assay plugins "
      "list "
      "dataset`)\n"
      "a.yaml:5:1: error: loss: missing: expected the name of a loss, or {type: NAME, ...}\n"
      "    5 | \n"
      "      | ^ add `loss: NAME`  (the loss that training minimizes; losses: "
      "softmax_cross_entropy; "
      "`assay plugins list loss`)\n"
      "a.yaml:5:1: error: train: missing: expected epochs or steps\n"
      "    5 | \n"
      "      | ^ add `train: {epochs: 10}`\n");
}

BOOST_AUTO_TEST_CASE(a_library_that_does_not_load) {
  BOOST_TEST(problems("optimizer: {type: broken, x: 1}", "optimizer") ==
             "a.yaml:1:19: error: optimizer.type: optimizer 'broken' cannot be used\n"
             "    1 | optimizer: {type: broken, x: 1}\n"
             "      |                   ^~~~~~ broken.so: built for SDK 7, this is SDK 1: rebuild "
             "it\n");
}

BOOST_AUTO_TEST_CASE(missing_options_point_at_the_component) {
  BOOST_TEST(problems("hooks: {a: {type: scalar, every: 1, tag: x}}") ==
             "a.yaml:1:19: error: hooks.a.value: missing: expected text\n"
             "    1 | hooks: {a: {type: scalar, every: 1, tag: x}}\n"
             "      |                   ^~~~~~ add `value: SPLIT.METRIC`  (what to log)\n");
}

BOOST_AUTO_TEST_CASE(rules_of_the_experiment) {
  BOOST_TEST(message("train: {epochs: 1, steps: 1}", "train") ==
             "train: expected epochs or steps, found both");
  BOOST_TEST(message("train: {batch_size: 5}", "train") ==
             "train: expected epochs or steps, found neither");
  BOOST_TEST(message("train: {epochs: 1, batch_size: some}", "train") ==
             "train.batch_size: expected an integer of at least 1 or 'all', found 'some'");
  BOOST_TEST(message("train: {epochs: 1, batch_size: all}", "train") == "none");
  BOOST_TEST(message("dataset: {type: digits, split: {test: 0.6, validation: 0.4}}", "dataset") ==
             "dataset.split: test and validation together leave no rows to train on");
  BOOST_TEST(message("dataset: {type: digits, split: {test: 1}}", "dataset") ==
             "dataset.split.test: expected a number of at least 0 and below 1, found '1'");
  BOOST_TEST(message("seed: -1") == "seed: expected an integer of at least 0, found '-1'");
  BOOST_TEST(message("name: a/b") ==
             "name: expected a name that can be a folder's, one line without '/', found 'a/b'");
  BOOST_TEST(message("name: \"a\\tb\"") ==
             "name: expected a name that can be a folder's, one line without '/', found 'a\\tb'");
  BOOST_TEST(message("run_dir: ''") == "run_dir: expected a folder, found ''");
  BOOST_TEST(message("run_dir: 'x${now:%999999Y}'") ==
             "run_dir: the time format '%999999Y' gives no text, or too long a one");
  BOOST_TEST(message("hooks: {a: {type: scalar, tag: x, value: a.y}}") ==
             "hooks.a: this hook never fires");
  const auto tag = [&](const std::string& text) {
    return message("hooks: {a: {type: scalar, every: 1, value: a.y, tag: " + text + "}}");
  };
  BOOST_TEST(tag("''") == "hooks.a.tag: expected a name in the logs, found an empty text");
  BOOST_TEST(tag("\"a\\nb\"") == "hooks.a.tag: a tag is one line of text, found 'a\\nb'");
  BOOST_TEST(tag("\"a\\u2028b ${step}\"") ==
             "hooks.a.tag: a tag is one line of text, found 'a\\u2028b ${step}'");
  BOOST_TEST(tag("\"${step}\"") == "none");
  BOOST_TEST(tag(std::string(1024, 'x')) == "none");
  BOOST_TEST(tag(std::string(1025, 'x')) ==
             "hooks.a.tag: a tag has at most 1,024 bytes, found 1,025");
  // The longest number that may stand there counts.
  BOOST_TEST(tag("\"" + std::string(1005, 'x') + "${step}\"") == "none");
  BOOST_TEST(tag("\"" + std::string(1006, 'x') + "${step}\"") ==
             "hooks.a.tag: a tag has at most 1,024 bytes, found 1,025");
  BOOST_TEST(message("hooks: {a: {type: scalar, tag: x, value: a.y, from: 3}}") ==
             "hooks.a: this hook never fires");
  BOOST_TEST(message("hooks: {a: {type: scalar, tag: x, value: a.y, at: []}}") ==
             "hooks.a: this hook never fires");
  BOOST_TEST(
      message("hooks: {a: {type: scalar, tag: x, value: a.y, every: 1, from: 3, until: 2}}") ==
      "hooks.a.from: step 3 is after until, 2");
  BOOST_TEST(message("hooks: {a: {type: scalar, tag: x, value: a.y, times: 3, every: 2, "
                     "every_epoch: 1}}") ==
             "hooks.a.times: `every` and `every_epoch` are both present");
  BOOST_TEST(message("hooks: {a: {type: scalar, tag: x, value: a.y, times: 3, every_epoch: 1}}") ==
             "none");
  BOOST_TEST(message("hooks: {a: {type: scalar, tag: x, value: a.y, times: 3, from: 9}}") ==
             "none");
  BOOST_TEST(
      message("hooks: {a: {type: scalar, tag: x, value: a.y, at: 1, from: 9}}") ==
      "hooks.a.from: it bounds `every`, `every_epoch` and `times`, and this hook has none of them");
  BOOST_TEST(message("hooks: {a: {type: scalar, tag: x, value: a.y, times: 0}}") ==
             "hooks.a.times: expected an integer of at least 1, found '0'");
  BOOST_TEST(message("hooks: {a: {type: scalar, tag: x, value: a.y, every: 0}}") ==
             "hooks.a.every: expected an integer of at least 1, found '0'");
  BOOST_TEST(message("hooks: {a: {type: scalar, tag: x, value: a.y, at: [x]}}") ==
             "hooks.a.at.0: expected an integer of at least 0, found 'x'");
  BOOST_TEST(message("hooks: {a b: {type: scalar, tag: x, value: a.y, at: 1}}") ==
             "hooks.a b: not a name");
  BOOST_TEST(message("hooks:") == "hooks: expected a map by name or a list, found null");
  BOOST_TEST(message("loggers: console") ==
             "loggers: expected a map by name or a list, found 'console'");
  BOOST_TEST(message("metrics: [loss]") == "metrics: expected a map by name, found a list");
  BOOST_TEST(message("metrics: {a-b: loss}") == "metrics.a-b: not a name");
  BOOST_TEST(message("loggers: []") == "none");
}

BOOST_AUTO_TEST_CASE(a_tag_of_two_hooks_is_refused) {
  BOOST_TEST(
      problems("hooks:\n"
               "  a: {type: scalar, tag: x, value: test.loss, every: 1}\n"
               "  b: {type: image, tag: x, renderer: sheet, at: 0}\n") ==
      "a.yaml:3:25: error: hooks.b.tag: the tag 'x' belongs to hooks.a already\n"
      "    3 |   b: {type: image, tag: x, renderer: sheet, at: 0}\n"
      "      |                         ^ records of two hooks under one tag would mix: choose "
      "another\n");
  BOOST_TEST(message("hooks: {a: {type: scalar, tag: '', value: a.x, at: 1}}") ==
             "hooks.a.tag: expected a name in the logs, found an empty text");
}

BOOST_AUTO_TEST_CASE(a_misspelt_option_is_not_missing_as_well) {
  BOOST_TEST(
      problems("optimiser: {type: sgd, learning_rate: 0.1}", "optimizer") ==
      "a.yaml:1:1: error: optimiser: unknown key\n"
      "    1 | optimiser: {type: sgd, learning_rate: 0.1}\n"
      "      | ^~~~~~~~~ did you mean 'optimizer'?  (keys: name, seed, run_dir, resume, threads, "
      "kernels, dataset, transforms, model, loss, gradient_transforms, optimizer, train, "
      "checkpoints, metrics, hooks, loggers, extends)\n");
}

BOOST_AUTO_TEST_CASE(keys_one_level_too_high) {
  BOOST_TEST(
      problems("epochs: 1", "train") ==
      "a.yaml:1:1: error: epochs: unknown key\n"
      "    1 | epochs: 1\n"
      "      | ^~~~~~ did you mean 'train.epochs'?  (keys: name, seed, run_dir, resume, threads, "
      "kernels, dataset, transforms, model, loss, gradient_transforms, optimizer, train, "
      "checkpoints, metrics, hooks, loggers, extends)\n");
  BOOST_TEST(problems("learning_rate: 1\noptimizer: sgd", "optimizer")
                 .find("did you mean 'optimizer.learning_rate'?") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_follows_from_another_problem_is_not_reported) {
  BOOST_TEST(problems("name: {a: b}") ==
             "a.yaml:1:7: error: name: expected text, found a map\n"
             "    1 | name: {a: b}\n"
             "      |       ^\n");
  BOOST_TEST(problems("name: a${step}") ==
             "a.yaml:1:7: error: name: '${step}' has no value here\n"
             "    1 | name: a${step}\n"
             "      |       ^~~~~~~~ it is for the tags of hooks only\n");
}

BOOST_AUTO_TEST_CASE(places_and_hints) {
  BOOST_TEST(problems("train: {steps: 1, epochs: 1}", "train") ==
             "a.yaml:1:19: error: train: expected epochs or steps, found both\n"
             "    1 | train: {steps: 1, epochs: 1}\n"
             "      |                   ^~~~~~ remove one, or set it to null\n");
  BOOST_TEST(problems("metrics: [acuracy]").find("metrics: {NAME: TYPE}") != std::string::npos);
  BOOST_TEST(problems("hooks: {a: {type: scalar, tag: \"s ${stp}\", value: a.x, at: 1}}")
                 .find("did you mean 'step'?  (tags also know ${step} and ${epoch})") !=
             std::string::npos);
  BOOST_TEST(problems("train:\nhooks: {}", "train") ==
             "a.yaml:1:1: error: train: expected a map, found null\n"
             "    1 | train:\n"
             "      | ^~~~~\n");
  BOOST_TEST(problems("train: ~\nhooks: {}", "train").find("a.yaml:1:8:") == 0U);
}

BOOST_AUTO_TEST_CASE(the_run_folder) {
  BOOST_TEST(message("run_dir: '${now:%Y-%Q}'") ==
             "run_dir: '%Q' in the time format '%Y-%Q' is not a conversion of strftime; "
             "%Y%m%d-%H%M%S is date and time");
  BOOST_TEST(message("run_dir: '${now:%}'").find("'%' in") != std::string::npos);
  BOOST_TEST(message("run_dir: '${now:%-d.%_3m %EY %%}'") == "none");
  BOOST_TEST(plan_of(experiment("run_dir: ~/runs/x")).plan.value().run_dir ==
             std::string(std::getenv("HOME")) + "/runs/x");
  BOOST_TEST(message("run_dir: ~other/x") ==
             "run_dir: '~' is only known as '~/', your home folder");
}

BOOST_AUTO_TEST_CASE(bounds) {
  BOOST_TEST(message("threads: 1025") ==
             "threads: expected an integer from 1 to 1024, found '1025'");
  BOOST_TEST(message("train: {epochs: 1, lanes: 4097}", "train").find("from 1 to 4096") !=
             std::string::npos);
  BOOST_TEST(
      message("train: {epochs: 1, block_rows: 1048577}", "train").find("from 1 to 1048576") !=
      std::string::npos);
  BOOST_TEST(problems("seed: 9223372036854775808").find("at most 9223372036854775807") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(references_that_the_run_fills_in) {
  const auto tag = [](const std::string& text) {
    return message("hooks: {a: {type: scalar, tag: \"" + text + "\", value: a.x, at: 1}}");
  };
  BOOST_TEST(tag("Step ${step} of ${epoch}") == "none");
  BOOST_TEST(tag("${seed} ${optimizer.learning_rate}") == "none");
  BOOST_TEST(tag("${now:%Y}") == "hooks.a.tag: '${now:%Y}' has no value here");
  BOOST_TEST(tag("${steps}") == "hooks.a.tag: the config sets no key 'steps'");
  BOOST_TEST(message("run_dir: runs/${step}") == "run_dir: '${step}' has no value here");
  BOOST_TEST(message("name: x${now:%Y}") == "name: '${now:%Y}' has no value here");
  BOOST_TEST(message("dataset: {type: digits, file: \"x${epoch}\"}", "dataset") ==
             "dataset.file: '${epoch}' has no value here");
  // There is one report, not one of the reference and one of the value.
  BOOST_TEST(problems("seed: ${sedd}\nthreads: ${seed}") ==
             "a.yaml:1:7: error: seed: the config sets no key 'sedd'\n"
             "    1 | seed: ${sedd}\n"
             "      |       ^~~~~~~ did you mean 'seed'?\n");
}

// A plan lists the built-in metrics that a hook's options name. Texts with a dot are no values.
BOOST_AUTO_TEST_CASE(only_options_that_are_values_add_metrics) {
  using enum ParameterType;
  static constexpr Parameter row[] = {{.name = "over", .type = value}};
  static constexpr Parameter several[] = {
      {.name = "tag", .type = tag},
      {.name = "values", .type = value, .fallback = "[]", .list = true},
      {.name = "one", .type = value, .fallback = "null"},
      {.name = "text", .type = text, .fallback = "null"},
      {.name = "rows",
       .type = group,
       .fallback = "[]",
       .list = true,
       .members = row,
       .member_count = 1},
      {.name = "file", .type = path, .fallback = "null"},
      {.name = "renderer", .type = component, .fallback = "null", .kind = Kind::renderer}};
  const auto metrics = [](const std::string& options, const std::string& tag = "t") {
    FakeCatalogue catalogue;
    catalogue.add(Kind::hook, "several", several);
    const Outcome outcome =
        plan_of(experiment("hooks: {a: {type: several, at: 1, tag: " + tag + ", " + options + "}}"),
                std::move(catalogue));
    BOOST_REQUIRE_MESSAGE(outcome.plan.has_value(), outcome.problems);
    std::string names;
    for (const plan::NamedComponent& metric : outcome.plan->metrics) names += metric.name + " ";
    return names;
  };
  BOOST_TEST(metrics("values: [test.accuracy, test.loss]") == "accuracy loss ");
  BOOST_TEST(metrics("one: train.accuracy") == "accuracy ");
  BOOST_TEST(metrics("rows: [{over: a.x}, {over: train.loss}]") == "loss ");
  BOOST_TEST(metrics("values: [batch.loss, epoch.loss, optimizer.loss, test.other]") == "");
  BOOST_TEST(metrics("text: test.accuracy") == "");
  BOOST_TEST(metrics("values: []", "test.accuracy") == "");
  BOOST_TEST(metrics("file: a.loss") == "");
  BOOST_TEST(metrics("renderer: {type: sheet, split: test.loss}") == "");
}

BOOST_AUTO_TEST_CASE(the_form_of_a_value_is_checked) {
  const std::string found = problems("hooks: {a: {type: scalar, at: 1, tag: t, value: loss}}");
  BOOST_TEST(found.find("error: hooks.a.value: 'loss' is not a value: expected SPLIT.METRIC, for "
                        "instance test.loss, or batch.loss, epoch.loss, "
                        "optimizer.learning_rate\n") != std::string::npos,
             found);
}

// This optimizer holds another optimizer.
BOOST_AUTO_TEST_CASE(components_of_any_kind_nest_to_a_depth) {
  static constexpr Parameter around[] = {
      {.name = "inner", .type = ParameterType::component, .kind = Kind::optimizer}};
  FakeCatalogue catalogue;
  catalogue.add(Kind::optimizer, "around", around);
  const auto problems_of = [&](int levels) {
    std::string optimizer = "{type: sgd, learning_rate: 0.1}";
    for (int i = 0; i < levels; ++i) optimizer = "{type: around, inner: " + optimizer + "}";
    return plan_of(experiment("optimizer: " + optimizer, "optimizer"), catalogue).problems;
  };
  BOOST_TEST(problems_of(16) == "");
  BOOST_TEST(problems_of(17).find("components are nested deeper than 16 levels") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
