// A run is trained, and its model used, by calls.
#include "runner/inference/trained_model.h"

#include <algorithm>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cmath>
#include <csignal>
#include <map>

#include "runner/base/git_state.h"
#include "runner/inference/predict.h"
#include "runner/plan/load.h"
#include "runner/run/run.h"
#include "tests/base/error_of.h"
#include "tests/support/bytes.h"
#include "tests/support/component.h"
#include "tests/support/fake_logging.h"
#include "tests/support/reference.h"
#include "tests/support/temporary_folder.h"

using namespace assay;
using namespace assay::test;

namespace {

const std::string config_text = R"(
name: small
dataset: {type: synthetic, rows: 90, shape: [4], classes: 3, split: {test: 0.2}}
transforms: [standardize]
model: {type: mlp, hidden: [6]}
loss: softmax_cross_entropy
optimizer: {type: sgd, learning_rate: 0.1}
train: {steps: 40, batch_size: 16}
hooks:
  loss: {type: scalar, tag: test.loss, value: test.loss, at_end: true}
  accuracy: {type: scalar, tag: train.accuracy, value: train.accuracy, at_end: true}
checkpoints: {every: 10, keep: 3}
loggers: []
)";

const std::string tutorials_network = R"(
dataset: {type: digits, file: FILE, split: {test: 0.25, seed: 0}}
model: {type: mlp, hidden: [100, 100], activation: selu}
loss: softmax_cross_entropy
optimizer: {type: sgd, learning_rate: 0.05}
train: {steps: 1, batch_size: all}
hooks: {}
loggers: []
)";

class Silent final : public run::Listener {
 public:
  void say(const Lines&) override {}
  void problem(config::Severity, const std::string& message) override {
    BOOST_TEST_MESSAGE(message);
  }
  void reached(run::Stage) override {}
  void has_processes(pid_t) override {}
  void draws(std::size_t) override {}
  void trained(const std::string&, const train::ModelDescription&,
               const state::ParameterMemory&) override {}
  void out_of_memory() noexcept override {}
  Terminal& terminal() override { return terminal_; }

 private:
  SilentTerminal terminal_;
};

struct ARun : TemporaryFolder {
  plugin_host::PluginHost host{
      {build_folder() + "/plugins", build_folder() + "/tests/inference/fixtures"},
      InstructionSet::generic};
  Silent listener;
  base::GitQuery git;
  std::atomic<int> stop = 0;
  std::atomic<unsigned> requests = 0;
  config::Diagnostics diagnostics;
  std::string folder = *this / "run";

  std::unique_ptr<run::Run> create(const std::string& text = config_text) {
    const std::string config = *this / "small.yaml";
    write_file(config, text);
    const std::vector<std::string> overrides = {"run_dir=" + folder};
    auto draft = plan::load_draft(config, overrides, host, diagnostics);
    BOOST_REQUIRE_MESSAGE(draft.has_value(), diagnostics.text(false));
    auto prepared = run::prepare(*std::move(draft), host, diagnostics);
    BOOST_REQUIRE_MESSAGE(prepared.has_value(), diagnostics.text(false));
    const auto now = std::chrono::system_clock::now();
    auto made = run::make_folder(prepared->plan, now, diagnostics);
    BOOST_REQUIRE_MESSAGE(made.has_value(), diagnostics.text(false));
    return run::Run::create(*std::move(prepared), *std::move(made),
                            {host, listener, git, stop, requests}, {now, {}, ""});
  }
  std::unique_ptr<inference::TrainedModel> open(std::string checkpoint = {},
                                                std::vector<std::string> settings = {}) {
    auto model = inference::TrainedModel::open(
        {folder, std::move(checkpoint), {}, std::move(settings)}, host, diagnostics);
    BOOST_REQUIRE_MESSAGE(model != nullptr, diagnostics.text(false));
    return model;
  }
  data::Rows rows(const inference::TrainedModel& model, const std::string& split) {
    auto rows = model.rows(split, inference::TrainedModel::Targets::needed, diagnostics);
    BOOST_REQUIRE_MESSAGE(rows.has_value(), diagnostics.text(false));
    return *std::move(rows);
  }
};

std::map<std::string, double> values_of(inference::TrainedModel& model, const data::Rows& rows) {
  std::map<std::string, double> values;
  for (const auto& [name, numbers] : model.evaluate(rows)) values[name] = numbers.at(0);
  return values;
}

class Collected final : public inference::ByteSink {
 public:
  explicit Collected(std::atomic<int>* stop = nullptr) : stop_(stop) {}
  void write(std::span<const std::byte> bytes) override {
    text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (stop_ != nullptr) *stop_ = SIGTERM;
  }
  void finish() override { finished = true; }

  std::string text;
  bool finished = false;

 private:
  std::atomic<int>* stop_;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(trained_model, ARun)

BOOST_AUTO_TEST_CASE(evaluates_as_the_run_did_while_that_holds_its_folder) {
  const auto run = create();
  BOOST_TEST(error_of([&] { open(); }).find("it has no whole checkpoint") != std::string::npos);
  run->train();
  const auto& logged = run->record().final_values;
  const auto model = open();
  BOOST_TEST(*model->checkpoint().step == 40);
  BOOST_TEST(values_of(*model, rows(*model, "test")).at("loss") == logged.at("test.loss"));
  BOOST_TEST(values_of(*model, rows(*model, "train")).at("accuracy") ==
             logged.at("train.accuracy"));
  const auto earlier = open("20");
  BOOST_TEST(*earlier->checkpoint().step == 20);
}

BOOST_AUTO_TEST_CASE(jaxs_weights_give_jaxs_probabilities_and_metrics) {
  std::string config = tutorials_network;
  config.replace(config.find("FILE"), 4, reference_file("../../data/digits.csv"));
  create(config)->train();
  const Safetensors jax = read_safetensors(reference_file("state_step3000.safetensors"));
  std::vector<state::NamedTensor> weights;
  for (const auto& [name, tensor] : jax.tensors)
    if (name.starts_with("layer"))
      weights.push_back(state::named_tensor(name, Shape(tensor.shape), std::span(tensor.values)));
  state::write_safetensors(base::Folder(folder).existing_subfolder("checkpoints"),
                           "jax.safetensors", weights, {{"format", "assay"}});
  const auto model = open("jax");
  const data::Rows test = rows(*model, "test");
  const auto values = values_of(*model, test);
  BOOST_TEST(values.at("accuracy") == std::stod(jax.metadata.at("test_hits_of_450")) / 450);
  BOOST_TEST(values.at("loss") == std::stod(jax.metadata.at("test_loss")),
             boost::test_tools::tolerance(1e-5));

  Collected predictions;
  BOOST_TEST(inference::predict(*model, test, inference::FileType::csv, predictions, stop));
  const std::string file = *this / "predictions.csv";
  write_file(file, predictions.text);
  const auto predicted = read_csv(file);
  const auto logits = read_csv(reference_file("final_logits_first35.csv"));
  BOOST_TEST(logits.size() == 35U);
  double worst = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    double sum = 0;
    for (const double z : logits[i]) sum += std::exp(z);
    for (std::size_t j = 0; j < 10; ++j)  // behind the row and the class, whose name is a number
      worst = std::max(worst, std::abs(predicted[i][2 + j] - std::exp(logits[i][j]) / sum));
  }
  BOOST_TEST_MESSAGE("probabilities differ by " << worst << " from JAX's");
  BOOST_TEST(worst < 1e-5);
}

BOOST_AUTO_TEST_CASE(a_loss_that_weighs_classes_is_told_of_the_training_rows) {
  std::string config = config_text;
  const std::string loss = "softmax_cross_entropy";
  config.replace(config.find(loss), loss.size(), "weighing");
  const auto run = create(config);
  run->train();
  const auto model = open();
  BOOST_TEST(values_of(*model, rows(*model, "test")).at("loss") ==
             run->record().final_values.at("test.loss"));
  Collected predictions;
  BOOST_TEST(inference::predict(*model, rows(*model, "test"), inference::FileType::csv, predictions,
                                stop));
  BOOST_TEST(predictions.text.starts_with("row,class,score_0,score_1,score_2\n"));
}

BOOST_AUTO_TEST_CASE(the_form_of_the_data_is_remembered) {
  create()->train();
  const run::DataForm record = run::read_data_form(base::Folder(folder));
  BOOST_TEST((record.sample_shape == Shape{4}));
  BOOST_TEST(record.target.classes == 3);
  BOOST_TEST(record.class_names.size() == 3U);
  std::int64_t sum = 0;
  for (const std::int64_t rows : record.class_rows) sum += rows;
  BOOST_TEST(sum == 72);

  const auto error_with = [&](const std::string& text) {
    write_file(folder + "/data.json", text);
    return error_of([&] { run::read_data_form(base::Folder(folder)); });
  };
  for (const char* text :
       {"", "{", "[]", "{}", R"({"sample_shape": [4]})", R"({"sample_shape": [0], "classes": []})",
        R"({"sample_shape": [4], "classes": []})", R"({"sample_shape": 4, "classes": [{}]})",
        R"({"sample_shape": [4], "value_shape": [-1]})",
        R"({"sample_shape": [1,1,1,1,1,1,1,1,1], "value_shape": []})"})
    BOOST_TEST(error_with(text).find("data.json: this is not a record of a run's data: ") !=
                   std::string::npos,
               text);
  std::filesystem::remove(folder + "/data.json");
  BOOST_TEST(error_of([&] { open(); }).find("data.json: there is no such file") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_form_of_values_is_remembered) {
  const run::DataForm record{Shape{2, 3}, {DType::float32, Shape{5}, 0}, {}, {}};
  const base::Folder here{path()};
  run::write_data_form(here, record);
  const run::DataForm read = run::read_data_form(here);
  BOOST_TEST((read.sample_shape == record.sample_shape));
  BOOST_TEST((read.target.dtype == DType::float32 && read.target.shape == Shape{5}));
  BOOST_TEST(read.target.classes == 0);
}

BOOST_AUTO_TEST_CASE(named_checkpoints_take_what_they_lack_from_whole_ones) {
  const auto run = create();
  run->train();
  // Weights alone, as a failed run leaves them: transforms and loss learnt before training.
  const base::Folder checkpoints = base::Folder(folder).existing_subfolder("checkpoints");
  std::vector<state::NamedTensor> weights = run->state().stored_tensors("weights/");
  state::write_safetensors(checkpoints, "mine.safetensors", weights, {{"format", "assay"}});
  const auto model = open("mine");
  BOOST_TEST(!model->checkpoint().step.has_value());
  BOOST_TEST(values_of(*model, rows(*model, "test")).at("loss") ==
             run->record().final_values.at("test.loss"));
  weights.pop_back();
  state::write_safetensors(checkpoints, "less.safetensors", weights, {{"format", "assay"}});
  BOOST_TEST(error_of([&] { open("less"); }).find("less.safetensors: it has no 'weights/layer") !=
             std::string::npos);
  state::write_safetensors(checkpoints, "others.safetensors", weights, {{"plan_digest", "0"}});
  BOOST_TEST(error_of([&] { open("others"); }).find("a checkpoint of another plan") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(predictions_end_when_they_are_asked_to) {
  create()->train();
  const auto model = open();
  const data::Rows all = rows(*model, "all");
  Collected all_of_it;
  BOOST_TEST(inference::predict(*model, all, inference::FileType::csv, all_of_it, stop));
  BOOST_TEST(all_of_it.finished);
  BOOST_TEST(std::ranges::count(all_of_it.text, '\n') == 91);
  std::atomic<int> signal = 0;
  Collected stopped(&signal);
  BOOST_TEST(!inference::predict(*model, all, inference::FileType::csv, stopped, signal));
  BOOST_TEST(!stopped.finished);
}

BOOST_AUTO_TEST_SUITE_END()
