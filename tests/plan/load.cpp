#include "runner/plan/load.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "tests/plan/experiment.h"
#include "tests/plan/fake_catalogue.h"
#include "tests/support/component.h"
#include "tests/support/temporary_folder.h"

namespace assay::test {
namespace {

struct Loaded {
  std::optional<plan::Plan> plan;
  std::string problems;
};

Loaded load(const std::string& path, const std::vector<std::string>& overrides = {}) {
  FakeCatalogue catalogue;
  config::Diagnostics diagnostics;
  Loaded loaded;
  loaded.plan = plan::load(path, overrides, catalogue, diagnostics);
  loaded.problems = diagnostics.text(false);
  return loaded;
}

std::string digits() { return source_folder() + "/configs/digits.yaml"; }

std::string problems_of(const std::vector<std::string>& overrides) {
  return load(digits(), overrides).problems;
}

// Loads a config in a separate folder that contains further files.
Loaded load_in(const TemporaryFolder& folder, const std::string& config,
               const std::vector<std::string>& overrides = {}) {
  std::ofstream(folder / "a.yaml") << config;
  return load((folder / "a.yaml").string(), overrides);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(load_config)

BOOST_AUTO_TEST_CASE(the_tutorial) {
  const Loaded loaded = load(digits());
  BOOST_TEST(loaded.problems == "");
  BOOST_REQUIRE(loaded.plan.has_value());
  const plan::Plan& plan = *loaded.plan;
  BOOST_TEST(plan.name == "digits");
  BOOST_TEST(plan.run_dir == "runs/test/${now:%Y%m%d-%H%M%S}");
  BOOST_TEST(plan.split.value().test == 0.25);
  BOOST_TEST(std::get<double>(plan.optimizer.values.find("learning_rate")->data) == 0.05);
  BOOST_TEST(plan.train.epochs.value() == 3000);
  BOOST_TEST(!plan.train.batch_size.has_value());
  BOOST_REQUIRE(plan.hooks.size() == 4U);
  BOOST_TEST(plan.hooks[0].name == "training_data");
  BOOST_TEST(plan.hooks[0].trigger.at == std::vector<std::int64_t>({0}));
  BOOST_TEST(plan.hooks[3].trigger.every.value() == 500);
  BOOST_TEST(std::get<std::string>(plan.hooks[3].component.values.find("tag")->data) ==
             "Step ${step} Accuracy Testsheet");
  BOOST_TEST(plan.metrics.size() == 2U);
  BOOST_TEST(plan.loggers.size() == 3U);
}

BOOST_AUTO_TEST_CASE(mini_batches) {
  const Loaded loaded = load(source_folder() + "/configs/digits_minibatch.yaml");
  BOOST_TEST(loaded.problems == "");
  BOOST_REQUIRE(loaded.plan.has_value());
  BOOST_TEST(loaded.plan->train.batch_size.value() == 32);
  BOOST_TEST(loaded.plan->train.epochs.value() == 25);
  const auto& rate = loaded.plan->optimizer.values.find("learning_rate")->data;
  const auto& schedule = std::get<plan::ComponentPlan>(rate);
  BOOST_TEST(std::get<double>(schedule.values.find("peak_value")->data) == 0.003);
  // Nothing is computed here: the schedule lasts the whole run.
  BOOST_TEST(std::holds_alternative<std::monostate>(schedule.values.find("decay_steps")->data));
}

BOOST_AUTO_TEST_CASE(arguments) {
  const Loaded loaded =
      load(digits(),
           {"seed=1", "threads=1", "hooks.loss.every=5", "model.hidden=[50,50]",
            "loss.type=softmax_cross_entropy", "train.batch_size=32", "loggers=[console, console]",
            "loggers.0=jsonl", "optimizer.type=adam", "optimizer.learning_rate=${seed}",
            "dataset.file=x.csv", "hooks.test_sheet.tag=S ${step}"});
  BOOST_TEST(loaded.problems == "");
  BOOST_REQUIRE(loaded.plan.has_value());
  const plan::Plan& plan = *loaded.plan;
  BOOST_TEST(plan.seed == 1U);
  BOOST_TEST(plan.threads.value() == 1);
  BOOST_TEST(plan.hooks[1].trigger.every.value() == 5);
  BOOST_TEST(plan.train.batch_size.value() == 32);
  BOOST_TEST(plan.loggers[0].name == "jsonl");
  BOOST_TEST(plan.optimizer.type == "adam");
  BOOST_TEST(std::get<double>(plan.optimizer.values.find("learning_rate")->data) == 1);
  // Paths on the command line are relative to the working folder.
  BOOST_TEST(std::get<std::string>(plan.dataset.values.find("file")->data) ==
             (std::filesystem::current_path() / "x.csv").string());
}

BOOST_AUTO_TEST_CASE(another_type_keeps_what_belongs_to_the_place) {
  FakeCatalogue catalogue;
  catalogue.add(Kind::dataset, "other", {});
  config::Diagnostics diagnostics;
  const std::vector<std::string> overrides = {"dataset.type=other", "hooks.loss.type=image",
                                              "hooks.loss.tag=x", "hooks.loss.renderer=sheet"};
  const auto plan = plan::load(digits(), overrides, catalogue, diagnostics);
  BOOST_TEST(diagnostics.text(false) == "");
  BOOST_REQUIRE(plan.has_value());
  BOOST_TEST(plan->split.value().test == 0.25);
  BOOST_TEST(plan->hooks[1].trigger.every.value() == 1);
}

BOOST_AUTO_TEST_CASE(problems_of_arguments) {
  BOOST_TEST(
      problems_of({"optimizer.learning_rat=0.1", "sed=1"}) ==
      "argument 1: error: optimizer.learning_rat: optimizer 'sgd' has no such option\n"
      "      | optimizer.learning_rat=0.1\n"
      "      |           ^~~~~~~~~~~~ did you mean 'learning_rate'?  (keys: learning_rate, "
      "momentum, nesterov, freeze, rates)\n"
      "argument 2: error: sed: unknown key\n"
      "      | sed=1\n"
      "      | ^~~ did you mean 'seed'?  (keys: name, seed, run_dir, resume, threads, kernels, "
      "dataset, transforms, model, loss, gradient_transforms, optimizer, train, checkpoints, "
      "metrics, "
      "hooks, loggers)\n");
  BOOST_TEST(problems_of({"seed=x", "seed.x=1"}) ==
             "argument 2: error: seed: expected an integer of at least 0, found a map\n"
             "      | seed.x=1\n"
             "      | ^~~~\n");
  BOOST_TEST(problems_of({"hooks.los.every=5"}) ==
             "argument 1: error: hooks.los: the config has nothing of this name\n"
             "      | hooks.los.every=5\n"
             "      |       ^~~ did you mean 'loss'?  (hooks: training_data, loss, accuracy, "
             "test_sheet; +hooks.los=... adds)\n");
  BOOST_TEST(problems_of({"optimizer.type=adm"}).find("did you mean 'adam'?") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_plan_is_a_config) {
  const Loaded first = load(digits());
  BOOST_REQUIRE(first.plan.has_value());
  const auto folder = std::filesystem::temp_directory_path() / "assay_test_plan_load";
  std::filesystem::create_directories(folder);
  const std::string file = (folder / "plan.yaml").string();
  std::ofstream(file) << first.plan->yaml;
  const Loaded second = load(file);
  std::filesystem::remove_all(folder);
  BOOST_TEST(second.problems == "");
  BOOST_REQUIRE(second.plan.has_value());
  BOOST_TEST(second.plan->yaml == first.plan->yaml);
}

BOOST_AUTO_TEST_CASE(a_plan_does_not_depend_on_bases) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "parts");
  std::ofstream(folder / "parts" / "data.yaml") << "type: digits\nfile: d.csv\n";
  std::ofstream(folder / "base.yaml") << experiment("", "dataset") << "dataset: @parts/data.yaml\n";
  const Loaded loaded = load_in(folder,
                                "extends: base.yaml\nhooks: {a: {type: scalar, tag: '@@x "
                                "\\${seed}', value: test.loss, at: 1}}\n");
  BOOST_TEST(loaded.problems == "");
  BOOST_REQUIRE(loaded.plan.has_value());
  BOOST_TEST(loaded.plan->name == "a");
  BOOST_TEST(loaded.plan->sources.size() == 3U);
  const auto text = [](const plan::Values& values, const char* name) {
    return std::get<std::string>(values.find(name)->data);
  };
  BOOST_TEST(text(loaded.plan->dataset.values, "file") == (folder / "parts" / "d.csv").string());
  BOOST_TEST(text(loaded.plan->hooks[0].component.values, "tag") == "@x \\${seed}");
  const TemporaryFolder elsewhere;
  BOOST_TEST(load_in(elsewhere, loaded.plan->yaml).plan.value().yaml == loaded.plan->yaml);
}

BOOST_AUTO_TEST_CASE(a_path_starts_where_it_was_written) {
  FakeCatalogue catalogue;
  static constexpr Parameter two_files[] = {{.name = "file", .type = ParameterType::path},
                                            {.name = "other", .type = ParameterType::path}};
  catalogue.add(Kind::dataset, "digits", two_files);
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "parts");
  std::ofstream(folder / "parts" / "data.yaml") << "type: digits\nfile: d.csv\n";
  std::ofstream(folder / "a.yaml")
      << experiment("", "dataset") << "extends: b.yaml\ndataset: {other: '${dataset.file}'}\n";
  std::ofstream(folder / "b.yaml") << "dataset: @parts/data.yaml\n";
  config::Diagnostics diagnostics;
  const auto plan = plan::load((folder / "a.yaml").string(), {}, catalogue, diagnostics);
  BOOST_TEST(diagnostics.text(false) == "");
  BOOST_REQUIRE(plan.has_value());
  const plan::Value& other = *plan->dataset.values.find("other");
  BOOST_TEST(std::get<std::string>(other.data) == (folder / "parts" / "d.csv").string());
  BOOST_TEST(other.where.source->path == (folder / "a.yaml").string());
}

BOOST_AUTO_TEST_CASE(problems_of_bases) {
  const TemporaryFolder folder;
  std::ofstream(folder / "base.yaml") << experiment("sed: 1");
  const std::string base = (folder / "base.yaml").string();
  BOOST_TEST(load_in(folder, "extends: base.yaml\n")
                 .problems.starts_with(base + ":1:1: error: sed: unknown key\n"));
  BOOST_TEST(
      load_in(folder, "extend: base.yaml\n")
          .problems.find("a.yaml:1:1: error: extend: unknown key\n    1 | extend: base.yaml\n"
                         "      | ^~~~~~ did you mean 'extends'?\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(hooks_are_added_and_removed) {
  const Loaded loaded = load(
      digits(), {"~hooks.test_sheet", "+hooks.new={type: scalar, tag: n, value: test.loss, at: 1}",
                 "hooks.loss=image", "hooks.loss.renderer=sheet", "hooks.loss.tag=L"});
  BOOST_TEST(loaded.problems == "");
  BOOST_REQUIRE(loaded.plan.has_value());
  BOOST_REQUIRE(loaded.plan->hooks.size() == 4U);
  BOOST_TEST(loaded.plan->hooks[3].name == "new");
  BOOST_TEST(loaded.plan->hooks[1].component.type == "image");
  BOOST_TEST(loaded.plan->hooks[1].trigger.every.value() == 1);
  BOOST_TEST(problems_of({"hooks.los={type: scalar, tag: n, value: test.loss, at: 1}"}) ==
             "argument 1: error: hooks.los: the config has nothing of this name\n"
             "      | hooks.los={type: scalar, tag: n, value: test.loss, at: 1}\n"
             "      |       ^~~ did you mean 'loss'?  (hooks: training_data, loss, accuracy, "
             "test_sheet; +hooks.los=... adds)\n");
}

BOOST_AUTO_TEST_CASE(no_file) {
  BOOST_TEST(load("/no/such.yaml", {"seed=x"}).problems ==
             "/no/such.yaml: error: there is no such file\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
