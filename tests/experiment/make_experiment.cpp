// All problems of a config are reported together, but none that follows from another.
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "runner/base/machine_share.h"
#include "runner/command_line/overview.h"
#include "runner/config/reader.h"
#include "runner/experiment/experiment.h"
#include "runner/plan/make_plan.h"
#include "tests/support/component.h"
#include "tests/support/temporary_folder.h"

using namespace assay;
using namespace assay::test;

namespace {

/// Sections by key; each is one line of the config, in the order of the keys.
using Sections = std::map<std::string, std::string>;

struct Made {
  std::optional<experiment::Experiment> experiment;
  std::string problems;  ///< key: message, one per line
  std::string overview;  ///< as `assay check` prints it
};

Made made(const Sections& sections, experiment::SharedParts* shared = nullptr) {
  Sections all = {
      {"dataset", "{type: synthetic, rows: 40, shape: [3], classes: 2, split: {test: 0.25}}"},
      {"model", "{type: mlp, hidden: [4]}"},
      {"loss", "softmax_cross_entropy"},
      {"optimizer", "{type: sgd, learning_rate: 0.1}"},
      {"train", "{epochs: 3, batch_size: 10}"},
      {"loggers", "[]"},
  };
  for (const auto& [key, value] : sections) all[key] = value;
  std::string config;
  for (const auto& [key, value] : all)
    if (!value.empty()) config += key + ": " + value + "\n";
  plugin_host::PluginHost host(
      {build_folder() + "/plugins", build_folder() + "/tests/experiment/fixtures"},
      InstructionSet::generic);
  config::Diagnostics diagnostics;
  const auto node = config::read_text("a.yaml", "/configs/a.yaml", config, diagnostics);
  BOOST_REQUIRE(node.has_value());
  const plan::Draft draft = plan::make_draft(*node, host, diagnostics);
  Made result{experiment::make_experiment(draft, host, diagnostics, shared), {}, {}};
  for (const config::Diagnostic& d : diagnostics.sorted()) {
    BOOST_TEST((d.where.source != nullptr && d.where.line > 0), d.key << " has no place");
    result.problems += std::string(name_of(d.severity)) + " " + d.key + ": " +
                       d.message.substr(0, d.message.find(';')) + "\n";
  }
  BOOST_TEST(result.experiment.has_value() == diagnostics.empty());
  if (result.experiment)
    result.overview = command_line::overview(*plan::Draft(draft).finished(), *result.experiment,
                                             host, std::nullopt);
  return result;
}

std::string problems(const Sections& sections) { return made(sections).problems; }

std::string hook(const std::string& options) { return "{h: {" + options + "}}"; }
std::string value(const std::string& name) {
  return hook("type: scalar, tag: t, every: 1, value: " + name);
}

const std::string no_key = "error optimizer.momentun: optimizer 'sgd' has no such option\n";
const std::string unknown_key = "{type: sgd, learning_rate: 0.1, momentun: 0.9}";

}  // namespace

BOOST_AUTO_TEST_SUITE(make_experiment)

BOOST_AUTO_TEST_CASE(a_sound_config_has_no_problems) {
  const Made sound = made({{"hooks", value("test.accuracy")}});
  BOOST_TEST(sound.problems == "");
  BOOST_REQUIRE(sound.experiment.has_value());
  BOOST_TEST(sound.experiment->steps == 9);
  BOOST_TEST(sound.experiment->splits.size() == 2U);
}

BOOST_AUTO_TEST_CASE(what_the_plan_has_wrong_hides_nothing_else) {
  BOOST_TEST(
      problems({{"optimizer", unknown_key}, {"hooks", value("tset.los")}}) ==
      "error hooks.h.value: 'tset.los': there is no split 'tset' (splits: test, train)\n"
      "error hooks.h.value: 'tset.los': there is no metric 'los' (metrics: loss, accuracy)\n" +
          no_key);
}

BOOST_AUTO_TEST_CASE(splits_of_the_config_are_known_without_the_data) {
  for (const char* dataset :
       {"{type: sintetic, split: {test: 0.2}}", "{type: digits, file: no.csv, split: {test: 0.2}}"})
    BOOST_TEST(problems({{"dataset", dataset}, {"hooks", value("tset.loss")}})
                   .find("there is no split 'tset' (splits: test, train)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(splits_that_cannot_be_known_are_not_judged) {
  for (const char* dataset :
       {"{type: synthetic, rows: 40, shape: [3], classes: 2, split: {tset: 0.2}}",
        "{type: synthetic, rows: 40, shape: [3], classes: 2, splt: {test: 0.2}}",
        "{type: synthetic, rows: 40, shape: [3], classes: 2, split: {test: 2}}",
        "{type: synthetic, rows: 40, shape: [3], classes: 2, split: {test: 0.5, validation: 0.5}}",
        "{type: sintetic}", "${nothing}", ""}) {
    const std::string seen = problems({{"dataset", dataset}, {"hooks", value("test.loss")}});
    BOOST_TEST(seen.find("there is no split") == std::string::npos, seen);
    BOOST_TEST(seen != "");
  }
}

BOOST_AUTO_TEST_CASE(metrics_that_cannot_be_known_are_not_judged) {
  for (const auto& [key, metrics] :
       Sections{{"metrics", "[accuracy]"}, {"metric", "{x: accuracy}"}}) {
    const std::string seen = problems({{key, metrics}, {"hooks", value("test.x")}});
    BOOST_TEST(seen.find("there is no metric") == std::string::npos, seen);
    BOOST_TEST(seen != "");
  }
  BOOST_TEST(problems({{"metrics", "{x: acuracy}"}, {"hooks", value("test.x")}}) ==
             "error metrics.x: no metric 'acuracy'\n");
}

BOOST_AUTO_TEST_CASE(of_a_component_with_unknown_keys_only_texts_are_judged) {
  // `warmup_step` may be the reason that decay_steps is too small.
  BOOST_TEST(problems({{"optimizer",
                        "{type: sgd, learning_rate: {type: warmup_cosine, peak_value: 1, "
                        "warmup_steps: 9, decay_steps: 5, init_valu: 1}}"}}) ==
             "error optimizer.learning_rate.init_valu: schedule 'warmup_cosine' has no such "
             "option\n");
  const std::string seen = problems({{"dataset", "{type: digits, file: no.csv, shufle: true}"}});
  BOOST_TEST(seen.find("error dataset.shufle") != std::string::npos, seen);
  BOOST_TEST(seen.find("error dataset.file: cannot read") != std::string::npos, seen);
}

BOOST_AUTO_TEST_CASE(what_is_built_in_need_not_stand_in_an_option) {
  const std::string knowing = hook("type: knowing, every: 1");
  const auto metrics = [](const Made& from) {
    std::string text = from.problems;
    for (const std::string& name : from.experiment.value().metrics) text += name + " ";
    return text;
  };
  BOOST_TEST(metrics(made({{"hooks", knowing}})) == "loss accuracy ");
  BOOST_TEST(metrics(made({{"hooks", knowing}, {"metrics", "{loss: accuracy}"}})) ==
             "loss accuracy ");
}

BOOST_AUTO_TEST_CASE(metrics_that_no_hook_asks_for_are_looked_at_as_well) {
  BOOST_TEST(problems({{"metrics", "{x: fussy}"}}) == "error metrics.x: not this target\n");
}

BOOST_AUTO_TEST_CASE(a_renderer_of_no_size_is_refused_before_training) {
  const auto with = [](const std::string& size) {
    return problems(
        {{"hooks", hook("type: image, tag: t, at: 0, renderer: {type: sized, " + size + "}")}});
  };
  for (const auto& [size, said] :
       Sections{{"width: 0", "0 x 3"},
                {"height: -4", "2 x -4"},
                {"width: 32768", "32,768 x 3"},
                {"height: 9223372036854775807", "2 x 9,223,372,036,854,775,807"}})
    BOOST_TEST(with(size).starts_with("error hooks.h: renderer sized: its picture would have " +
                                      said + " pixels"),
               with(size));
  BOOST_TEST(with("width: 32767, height: 1") == "");
}

BOOST_AUTO_TEST_CASE(a_nested_component_is_known_by_its_key) {
  const auto with = [](const std::string& options, const std::string& split = "") {
    return problems(
        {{"dataset", "{type: synthetic, rows: 40, shape: [3], classes: 2" + split + "}"},
         {"hooks", hook("type: panels, every: 1" + options)}});
  };
  const auto error = [](const std::string& key, const std::string& split) {
    return "error hooks.h." + key + ": there is no split '" + split + "' (splits: all, train)\n";
  };
  BOOST_TEST(with("", ", split: {test: 0.5}") == "");
  // The renderers of both options are defaults, so neither has a place.
  BOOST_TEST(with("") == error("right.split", "test"));
  BOOST_TEST(with(", left: {type: sized, split: a}, right: {type: sized, split: b}") ==
             error("left.split", "a") + error("right.split", "b"));
  BOOST_TEST(with(", right: sized, groups: [{renderer: sized}, {renderer: {type: sized, split: "
                  "c}}]") == error("groups.1.renderer.split", "c"));
}

BOOST_AUTO_TEST_CASE(a_hook_writes_under_its_own_tag_only) {
  const Made run = made({{"hooks", hook("type: image, tag: 'at ${step}', at: [1, 2], "
                                        "renderer: {type: sized, tag: inner}")}});
  BOOST_TEST(run.problems == "");
  BOOST_TEST(run.overview.find("\"at 1\", \"at 2\": sized of train") != std::string::npos,
             run.overview);
  BOOST_TEST(run.overview.find("inner") == std::string::npos, run.overview);
}

BOOST_AUTO_TEST_CASE(a_batch_larger_than_the_split_is_a_warning) {
  BOOST_TEST(problems({{"train", "{epochs: 1, batch_size: 30}"}}) == "");
  const Made larger = made({{"train", "{epochs: 1, batch_size: 31}"}});
  BOOST_TEST(
      larger.problems ==
      "warning train.batch_size: the training split has fewer rows than 31: every step takes "
      "all 30\n");
  BOOST_REQUIRE(larger.experiment.has_value());
  BOOST_TEST(larger.experiment->batches->batch_size() == 30);
}

BOOST_AUTO_TEST_CASE(splits_that_overlap_are_a_warning) {
  const Made overlapping =
      made({{"dataset", "overlapping"}, {"train", "{epochs: 1}"}, {"hooks", value("other.loss")}});
  BOOST_TEST(overlapping.problems ==
             "warning dataset: 2 of the 3 rows of its split 'test' are training rows, too\n"
             "warning dataset: class 1 ('b') has no rows to train on\n");
  BOOST_TEST(overlapping.experiment.has_value());
}

BOOST_AUTO_TEST_CASE(a_schedule_that_begins_out_of_bounds_is_an_error_at_the_option) {
  const auto with = [](const std::string& value) {
    return problems(
        {{"optimizer", "{type: sgd, learning_rate: {type: constant, value: " + value + "}}"}});
  };
  BOOST_TEST(with("0.1") == "");
  BOOST_TEST(with("-1") ==
             "error optimizer.learning_rate: the schedule constant gives -1 at step 0\n");
}

BOOST_AUTO_TEST_CASE(a_rate_of_zero_is_a_warning_at_its_schedule) {
  const auto with = [](const std::string& rate, const std::string& steps = "285") {
    return problems({{"optimizer", "{type: sgd, learning_rate: " + rate + "}"},
                     {"train", "{steps: " + steps + ", batch_size: 10}"}});
  };
  const std::string cosine = "{type: cosine, init_value: 0.1";
  const std::string key = "warning optimizer.learning_rate: ";
  BOOST_TEST(with(cosine + ", decay_steps: 10}") ==
             key + "it is 0 in 275 of the 285 steps of this run, among them all from step 11 on\n");
  BOOST_TEST(with(cosine + "}") == "");
  BOOST_TEST(with(cosine + ", decay_steps: 257}") == "");  // 28 steps are no more than a tenth
  BOOST_TEST(with(cosine + ", decay_steps: 256}") != "");
  BOOST_TEST(with("0") == key + "it is 0 in all 285 steps of this run\n");
  BOOST_TEST(with("{type: constant, value: 0}") == key + "it is 0 in all 285 steps of this run\n");
  // A rise from 0 is normal, even in a short run.
  BOOST_TEST(with("{type: warmup_cosine, init_value: 0, peak_value: 1}", "3") == "");
  // A long run is only sampled.
  BOOST_TEST(
      with(cosine + ", decay_steps: 10}", "1000000000000") ==
      key +
          "it is 0 in about 100 % of the 1,000,000,000,000 steps of this run, among them all "
          "from about step 10,000,102 on\n");
}

BOOST_AUTO_TEST_CASE(rates_are_followed_over_the_run) {
  const auto course = [](const std::string& rate, std::int64_t steps) {
    const Made run = made({{"optimizer", "{type: sgd, learning_rate: " + rate + "}"},
                           {"train", "{batch_size: 10, steps: " + std::to_string(steps) + "}"}});
    BOOST_REQUIRE(run.experiment.has_value());
    BOOST_REQUIRE(run.experiment->courses.size() == 1U);
    return run.experiment->courses[0];
  };
  const auto constant = course("0.1", 1'000'000'000);
  BOOST_TEST(constant.first == 0.1);
  BOOST_TEST(constant.last == 0.1);
  BOOST_TEST(constant.looked_at == 1'000'000'000);
  const std::string rise = "{type: warmup_cosine, init_value: 0, peak_value: 3, warmup_steps: 50}";
  const auto exact = course(rise, 100'000);
  BOOST_TEST(exact.first == 0);
  BOOST_TEST(exact.peak == 3);
  BOOST_TEST(exact.peak_step == 51);  // 50 updates are done before it
  BOOST_TEST(exact.last > 0);
  BOOST_TEST(exact.last < 1e-8);
  BOOST_TEST(exact.looked_at == 100'000);
  const auto sampled = course(rise, 10'000'000);
  BOOST_TEST(sampled.looked_at == 100'000);
  BOOST_TEST(sampled.peak < 3);
  BOOST_TEST(sampled.peak > 2.9999);
  const auto shortest = course(rise, 1);
  BOOST_TEST(shortest.looked_at == 1);
  BOOST_TEST(shortest.last == 0);
}

BOOST_AUTO_TEST_CASE(a_schedule_that_leaves_its_bounds_later_is_an_error_before_training) {
  const std::string rise =
      "{type: sgd, learning_rate: {type: warmup_cosine, init_value: 1, "
      "peak_value: 2, end_value: -1, warmup_steps: 1}}";
  BOOST_TEST(problems({{"optimizer", rise}})
                 .starts_with("error optimizer.learning_rate: the schedule warmup_cosine gives -"));
}

BOOST_AUTO_TEST_CASE(values_of_training_are_checked_by_name) {
  for (const char* known : {"batch.loss", "batch.gradient_norm", "epoch.loss",
                            "optimizer.learning_rate", "eval.loss", "eval.accuracy"})
    BOOST_TEST(problems({{"hooks", value(known)}}) == "");
  const auto only = [](const std::string& name, const std::string& said) {
    BOOST_TEST(problems({{"hooks", value(name)}}) == "error hooks.h.value: " + said + "\n");
  };
  only("batch.los",
       "'batch.los': there is no such value (of the batch: batch.loss, "
       "batch.gradient_norm)");
  only("epoch.accuracy", "'epoch.accuracy': there is no such value (of the epoch: epoch.loss)");
  only("optimizer.momentum",
       "'optimizer.momentum': there is no such value (of the optimizer: "
       "optimizer.learning_rate)");
  for (const char* name : {"batch.gradient_norm", "epoch.loss", "optimizer.learning_rate"})
    BOOST_TEST(
        problems({{"hooks", hook(std::string("type: scalar, tag: t, at: 0, value: ") + name)}}) ==
        std::string("error hooks.h.value: ") + name +
            " has no value at step 0, before the first batch\n");
}

BOOST_AUTO_TEST_CASE(what_a_hook_evaluates_on_is_the_split_that_there_is) {
  const auto split = [](const std::string& splits) {
    const Made run =
        made({{"dataset", "{type: synthetic, rows: 40, shape: [3], classes: 2" + splits + "}"}});
    BOOST_REQUIRE(run.experiment.has_value());
    BOOST_REQUIRE(run.experiment->hooks.size() == 2U);  // the default ones
    return run.experiment->hooks[1].values.at(0).of_split()->split;
  };
  BOOST_TEST(split("") == "train");
  BOOST_TEST(split(", split: {validation: 0.25}") == "validation");
  BOOST_TEST(split(", split: {validation: 0.25, test: 0.25}") == "test");
}

BOOST_AUTO_TEST_CASE(a_hook_that_never_fires_is_a_warning_at_what_says_when) {
  const auto with = [](const std::string& trigger) {
    const std::string seen =
        problems({{"hooks", hook("type: scalar, tag: t, value: test.loss, " + trigger)}});
    return seen.substr(0, seen.find(": "));
  };
  BOOST_TEST(with("at: 9") == "");
  BOOST_TEST(with("at: [10, 11]") == "warning hooks.h.at");
  BOOST_TEST(with("every: 10") == "warning hooks.h.every");
  BOOST_TEST(with("every_epoch: 4") == "warning hooks.h.every_epoch");
  BOOST_TEST(with("every: 1, from: 10") == "warning hooks.h.from");
}

BOOST_AUTO_TEST_CASE(more_threads_than_cores_are_a_warning) {
  const std::int64_t cores = base::cores_given().amount;
  BOOST_TEST(problems({{"threads", std::to_string(cores)}}) == "");
  const std::string more = std::to_string(cores + 1);
  BOOST_TEST(problems({{"threads", more}})
                 .starts_with("warning threads: " + more + " threads are more than the " +
                              std::to_string(cores) + " core"));
}

BOOST_AUTO_TEST_CASE(classes_without_rows_are_a_warning) {
  const auto labels = [](const std::string& classes, const std::string& hooks = "") {
    return problems({{"dataset", "{type: labelled, labels: " + classes + "}"},
                     {"train", "{epochs: 1}"},
                     {"hooks", hooks}});
  };
  const std::string begin = "warning dataset: ";
  BOOST_TEST(labels("[0, 1, 2, 3]") == "");
  BOOST_TEST(labels("[1, 2, 3]") == begin + "class 0 has no rows to train on\n");
  BOOST_TEST(labels("[0, 2, 5]") == begin + "classes 1, 3, 4 have no rows to train on\n");
  BOOST_TEST(labels("[0, 20]") ==
             begin + "classes 1, 2, 3, 4, 5 and 14 more of 21 have no rows to train on\n");
  // The last two rows are the split `test`, which is read only if a hook needs it.
  BOOST_TEST(labels("[0, 1, 2, 2], test: 2", value("test.loss")) ==
             begin + "class 2 has rows in the split 'test' but none to train on\n");
  BOOST_TEST(labels("[0, 1, 3, 3], test: 2", value("test.loss"))
                 .starts_with(begin + "class 2 has no rows to train on"));
  BOOST_TEST(labels("[0, 1, 2, 2], test: 2", "{}") == begin + "class 2 has no rows to train on\n");
}

BOOST_AUTO_TEST_CASE(values_that_are_not_finite_are_found_where_they_are_read) {
  const auto with = [](const std::string& options, const std::string& train = "{epochs: 1}") {
    return problems(
        {{"dataset", "{type: labelled, labels: [0, 1, 0, 1], " + options + "}"}, {"train", train}});
  };
  const std::string said = "the sample of row 2 of the dataset, counted from 0, is NaN in column 1";
  BOOST_TEST(with("not_finite: [2]") == "error dataset: " + said + "\n");
  BOOST_TEST(with("not_finite: [2]", "{epochs: 1, on_nan: ignore}") ==
             "warning dataset: " + said + "\n");
  BOOST_TEST(with("not_finite: [3, 2]") ==
             "error dataset: " + said + " (2 rows of the split 'train' have such values)\n");
}

BOOST_AUTO_TEST_CASE(values_that_are_not_finite_are_counted_in_every_split_that_is_read) {
  const auto with = [](const std::string& hooks) {
    return problems({{"dataset",
                      "{type: labelled, labels: [0, 1, 0, 1], test: 1, "
                      "not_finite: [1, 2, 3]}"},
                     {"train", "{epochs: 1}"},
                     {"hooks", hooks}});
  };
  const std::string begin =
      "error dataset: the sample of row 1 of the dataset, counted from 0, is NaN in column 1 ";
  BOOST_TEST(with(value("test.loss")) ==
             begin +
                 "(1 row of the split 'test' and 2 rows of the split 'train' have such values)\n");
  BOOST_TEST(with("{}") == begin + "(2 rows of the split 'train' have such values)\n");
}

BOOST_AUTO_TEST_CASE(what_the_data_show_is_told_at_the_option_that_names_their_file) {
  const auto with = [](const std::string& dataset) {
    return problems({{"dataset", "{type: " + dataset + "}"}, {"train", "{epochs: 1}"}});
  };
  // The only option for files.
  const std::string overlap =
      "warning dataset: 2 of the 3 rows of its split 'test' are training rows, too\n";
  const std::string class_1 = "class 1 ('b') has no rows to train on\n";
  BOOST_TEST(with("overlapping") == overlap + "warning dataset: " + class_1);
  BOOST_TEST(with("overlapping, files: [a.csv]") ==
             overlap + "warning dataset.files.0: /configs/a.csv: " + class_1);
  BOOST_TEST(with("overlapping, files: [a.csv, b.csv]") == overlap + "warning dataset: " + class_1);
  // One of several.
  const std::string labelled = "labelled, labels: [1, 1], not_finite: [0], ";
  const std::string class_0 = "class 0 has no rows to train on\n";
  const std::string sample =
      "error dataset: the sample of row 0 of the dataset, counted from 0, is NaN in column 1\n";
  BOOST_TEST(with(labelled + "files: [a]") == sample + "warning dataset: " + class_0);
  BOOST_TEST(with(labelled + "files: [a], targets: b") ==
             sample + "warning dataset.targets: /configs/b: " + class_0);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_into_memory_is_refused_before_it_is_made) {
  // A sample has 2^28 numbers: 64 rows of them exceed the memory of any machine that runs this
  // test.
  const std::string huge = "{type: synthetic, rows: 1000000, shape: [268435456], classes: 2}";
  const auto refused = [](const Sections& sections, const std::string& beginning) {
    const std::string seen = problems(sections);
    BOOST_TEST(seen.starts_with(beginning), seen);
  };
  const auto held = base::memory_held();
  refused({{"dataset", huge}, {"model", "{type: mlp, hidden: [1000]}"}},
          "error model: 268,435,459,002 parameters need ");
  refused({{"dataset", "{type: synthetic, rows: 1000000000000, shape: [1], classes: 2}"}},
          "error dataset: the order of 1,000,000,000,000 rows alone needs 16000.0 GB, and ");
  refused({{"dataset", huge},
           {"model", "{type: mlp, hidden: [1]}"},
           {"train", "{steps: 1, batch_size: 1000, block_rows: 1000, lanes: 1}"}},
          "error model: blocks of 1,000 rows need ");
  BOOST_TEST(*base::memory_held() - *held < 500 << 20);
}

BOOST_AUTO_TEST_CASE(problems_with_gradient_transforms_are_told_at_their_places) {
  const auto with = [](const std::string& transforms) {
    return problems({{"gradient_transforms", transforms}});
  };
  const std::string clip = "type: clip_by_global_norm, max_norm: ";
  BOOST_TEST(with("[{" + clip + "1}, {" + clip + "2}, summing]") == "");
  // Without a length of its own the schedule lasts the whole run: it was begun.
  BOOST_TEST(with("{a: {" + clip + "{type: cosine, init_value: 1, alpha: 0.1}}}") == "");
  BOOST_TEST(with("{a: {" + clip + "{type: constant, value: -1}}}") ==
             "error gradient_transforms.a.max_norm: the schedule constant gives -1 at step 0\n");
  BOOST_TEST(with("[{" + clip + "0}]") ==
             "error gradient_transforms.0.max_norm: expected a number above 0 or a schedule, "
             "found '0'\n");
  BOOST_TEST(
      with("[{type: summing, sums: 65}, {type: summing, sums: 66}]") ==
      "error gradient_transforms.summing: gradient_transform summing: its sums() returns 65\n"
      "error gradient_transforms.summing_2: gradient_transform summing: its sums() returns "
      "66\n");
  BOOST_TEST(with("[clip]") == "error gradient_transforms.0: no gradient transform 'clip'\n");
}

BOOST_AUTO_TEST_CASE(slots_that_do_not_fit_into_memory_are_refused_before_they_are_made) {
  const auto held = base::memory_held();
  const std::string seen =
      problems({{"dataset", "{type: synthetic, rows: 8, shape: [1000000], classes: 2}"},
                {"gradient_transforms", "{a: {type: summing, slots: 10000}}"},
                {"train", "{steps: 1, batch_size: all, lanes: 1}"}});
  BOOST_TEST(
      seen.starts_with("error gradient_transforms.a: 10000 numbers for each parameter need "),
      seen);
  BOOST_TEST(*base::memory_held() - *held < 500 << 20);
}

BOOST_AUTO_TEST_CASE(the_gradient_before_transforms_takes_memory_where_a_hook_reads_it) {
  const auto bytes = [](const std::string& transforms, const std::string& hooks) {
    const Made run = made({{"gradient_transforms", transforms}, {"hooks", hooks}});
    BOOST_REQUIRE(run.experiment.has_value());
    return std::pair(run.experiment->update->raw_bytes(), run.experiment->update->slot_bytes());
  };
  const std::string clip = "[{type: clip_by_global_norm, max_norm: 1}]";
  const std::string reading = hook("type: raw_reading, every: 1");
  BOOST_TEST(bytes("[]", reading).first == 0U);
  BOOST_TEST(bytes(clip, "{}").first == 0U);
  BOOST_TEST(bytes(clip, value("batch.gradient_norm")).first == 4 * sizeof(double));
  BOOST_TEST(bytes(clip, reading).first >= (3 * 4 + 4 + 4 * 2 + 2) * sizeof(float));
  BOOST_TEST(bytes("[]", "{}").second == 0U);
  BOOST_TEST(bytes("[{type: summing, slots: 2}]", "{}").second >=
             2 * (3 * 4 + 4 + 4 * 2 + 2) * sizeof(float));
  BOOST_TEST(problems({{"hooks", hook("type: raw_reading, at: 0")}}) ==
             "error hooks.h: it reads gradients, but there are none at step 0, before the first "
             "batch\n");
}

BOOST_AUTO_TEST_CASE(loggers_of_one_type_are_refused_where_they_write_the_same_file) {
  const auto with = [](const std::string& first, const std::string& second) {
    const std::string type = "type: to_file, ";
    return problems({{"loggers", "{a: {" + type + first + "}, b: {" + type + second + "}}"}});
  };
  BOOST_TEST(with("file: a.log", "file: b.log") == "");
  BOOST_TEST(with("every: 1", "every: 2") ==
             "error loggers: the logger b would write 'a.log', as loggers.a does\n");
  BOOST_TEST(with("file: a.log", "every: 1") ==
             "error loggers: the logger b would write 'a.log', as loggers.a does\n");
  BOOST_TEST(with("file: ''", "file: ''") ==
             "warning loggers: the logger 'to_file' occurs twice\n");
  BOOST_TEST(with("file: none", "file: none") == "");  // the run will say it
  BOOST_TEST(problems({{"loggers", "[jsonl, {type: to_file}, {type: to_file, file: b.log}]"}}) ==
             "");
}

double state_number(experiment::Experiment& experiment, const std::string& name) {
  state::Registry registry;
  experiment.state.lend(registry);
  const auto* const found = registry.find(name);
  BOOST_REQUIRE_MESSAGE(found != nullptr, name);
  double value = 0;
  std::memcpy(&value, found->bytes.data(), sizeof value);
  return value;
}

const std::string three_rows = "{type: labelled, labels: [0, 1, 0, 1], test: 1}";

BOOST_AUTO_TEST_CASE(a_model_is_made_for_what_the_transforms_leave) {
  const Made plain = made({}), sound = made({{"transforms", "[{type: logarithm, offset: 9}]"}});
  BOOST_TEST(sound.problems == "");
  BOOST_TEST(sound.overview.find("3, 2 classes; logarithm -> 2\n") != std::string::npos,
             sound.overview);
  BOOST_TEST(sound.overview.find("Linear 2 -> 4") != std::string::npos, sound.overview);
  BOOST_TEST(plain.overview.find("3, 2 classes\n") != std::string::npos, plain.overview);
}

BOOST_AUTO_TEST_CASE(transforms_are_refused_at_their_places) {
  BOOST_TEST(problems({{"transforms", "[{type: logarithm, columns: 0}]"}}) ==
             "error transforms.logarithm: transform logarithm: transformed samples of shape 0 "
             "are not possible\n");
  BOOST_TEST(problems({{"transforms", "{a: standardize, b: {type: logarithm, columns: 4}}"}}) ==
             "error transforms.b.columns: there are too few\n");
  // Then nobody knows what the model gets, so it is not judged.
  BOOST_TEST(problems({{"transforms", "[standardise]"}, {"model", "{type: mlp, hidden: [0]}"}}) ==
             problems({{"model", "{type: mlp, hidden: [0]}"}}) +
                 "error transforms.0: no transform 'standardise'\n");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_learnt_is_told_at_the_component) {
  BOOST_TEST(problems({{"transforms", "[unlearnable]"}}) ==
             "error transforms.unlearnable: there is nothing to learn\n");
}

BOOST_AUTO_TEST_CASE(values_that_a_transform_makes_are_found_where_the_next_one_learns) {
  const Sections bad = {{"dataset", three_rows},
                        {"train", "{steps: 3, batch_size: all}"},
                        {"transforms", "[{type: logarithm, offset: -1}, standardize]"}};
  BOOST_TEST(problems(bad) ==
             "error transforms.logarithm: the sample of row 0 of the dataset, counted from 0, is "
             "infinite in column 0 as transform logarithm leaves it\n");
  // Nothing learns from the values of the last one.
  Sections last = bad;
  last["transforms"] = "[standardize, {type: logarithm, offset: -1}]";
  BOOST_TEST(problems(last) == "");
  // A mistake in the data is told as that, once.
  Sections data = bad;
  data["dataset"] = "{type: labelled, labels: [0, 1, 0, 1], test: 1, not_finite: [2]}";
  BOOST_TEST(problems(data) ==
             "error dataset: the sample of row 2 of the dataset, counted from 0, is NaN in column "
             "1\n");
}

BOOST_AUTO_TEST_CASE(a_model_may_learn_from_the_transformed_rows) {
  const Sections sections = {
      {"dataset", three_rows}, {"model", "adding"}, {"train", "{steps: 3, batch_size: all}"}};
  Made plain = made(sections);
  BOOST_REQUIRE_MESSAGE(plain.experiment.has_value(), plain.problems);
  BOOST_TEST(state_number(*plain.experiment, "buffers/rows") == -3);  // and the fit has ended
  BOOST_TEST(state_number(*plain.experiment, "buffers/samples") == 6);
  BOOST_TEST(state_number(*plain.experiment, "buffers/targets") == 1);
  Sections transformed = sections;
  transformed["transforms"] = "{centre: {type: standardize, with_std: false}}";
  Made fitted = made(transformed);
  BOOST_REQUIRE_MESSAGE(fitted.experiment.has_value(), fitted.problems);
  BOOST_TEST(state_number(*fitted.experiment, "buffers/samples") == 0);
  BOOST_TEST(state_number(*fitted.experiment, "transforms/centre/mean") == 1);
}

// The data of a plan that is checked before are not read again: the file may be gone by then.
BOOST_AUTO_TEST_CASE(data_are_read_once_for_plans_that_share_parts) {
  const TemporaryFolder folder;
  const std::string file = (folder / "digits.csv").string();
  std::filesystem::copy_file(source_folder() + "/data/digits.csv", file);
  const auto sections = [&](const char* model, const char* seed) {
    return Sections{{"dataset", "{type: digits, file: " + file + ", split: {test: 0.25, seed: 3}}"},
                    {"model", model},
                    {"seed", seed},
                    {"hooks", value("test.accuracy")}};
  };
  experiment::SharedParts shared;
  BOOST_TEST(made(sections("{type: mlp, hidden: [4]}", "0"), &shared).problems == "");
  std::filesystem::remove(file);
  const Made other = made(sections("{type: mlp, hidden: [5, 6]}", "1"), &shared);
  BOOST_TEST(other.problems == "");
  BOOST_REQUIRE(other.experiment.has_value());
  BOOST_TEST(other.experiment->network->description().parameters.size() == 6U);
  BOOST_TEST(other.experiment->splits.size() == 2U);
  // Without these parts the file is missed.
  const Made alone = made(sections("{type: mlp, hidden: [4]}", "0"));
  BOOST_TEST(alone.problems.find("digits.csv") != std::string::npos, alone.problems);
}

// Each plan is checked as if it were alone.
BOOST_AUTO_TEST_CASE(plans_that_share_parts_have_the_problems_that_they_have_alone) {
  const std::vector<Sections> plans = {
      {{"hooks", value("test.accuracy")}},
      {{"hooks", value("test.acuracy")}},
      {{"hooks", value("test.accuracy")}, {"optimizer", unknown_key}},
      {{"hooks", value("test.accuracy")}, {"train", "{steps: 100000, batch_size: 1000}"}},
      {{"hooks", value("optimizer.momentum")}},
      {{"loss", "mean_squared_error"}, {"hooks", value("test.accuracy")}},
      {{"dataset", "{type: synthetic, rows: 40, shape: [3], classes: 30, split: {test: 0.25}}"}},
      {{"dataset", "{type: synthetic, rows: 4, shape: [3], classes: 2, split: {test: 0.75}}"}},
      {{"optimizer", "{type: sgd, learning_rate: {type: cosine, init_value: 1, decay_steps: 2}}"}},
      {{"optimizer", "{type: sgd, learning_rate: {type: cosine, init_value: -1}}"}},
      {{"model", "{type: mlp, hidden: [100000000]}"}},
      {{"loggers", "[jsonl, jsonl]"}},
      {{"hooks", hook("type: image, tag: t, every: 1, renderer: {type: sheet, split: tset}")}},
  };
  experiment::SharedParts shared;
  for (int round = 0; round < 2; ++round)
    for (const Sections& plan : plans) {
      const std::string alone = problems(plan);
      BOOST_TEST(made(plan, &shared).problems == alone);
    }
}

BOOST_AUTO_TEST_SUITE_END()
