// A run is created, trained, stopped and taken up by calls, without a terminal.
#include "runner/run/run.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "runner/config/reader.h"
#include "runner/plan/load.h"
#include "runner/plan/yaml_text.h"
#include "runner/run/guarded_listener.h"
#include "tests/base/error_of.h"
#include "tests/support/bytes.h"
#include "tests/support/component.h"
#include "tests/support/fake_logging.h"
#include "tests/support/temporary_folder.h"

using namespace assay;
using namespace assay::test;

namespace {

// An epoch has five steps.
const std::string config_text = R"(
name: small
dataset: {type: synthetic, rows: 90, shape: [4], classes: 3, split: {test: 0.2}}
model: {type: mlp, hidden: [6]}
loss: softmax_cross_entropy
optimizer: {type: adam, learning_rate: {type: cosine, init_value: 0.01}}
train: {steps: 40, batch_size: 16}
threads: 1
hooks:
  batch: {type: scalar, tag: batch, value: batch.loss, every: 3}
  epoch: {type: scalar, tag: epoch, value: epoch.loss, every: 1}
  once: {type: scalar, tag: once, value: test.loss, at: [0]}
  test: {type: scalar, tag: test, value: test.loss, every: 7, at_end: true}
  asking: {type: asking, at: [0, 1, 4, 5, 6, 39]}
loggers: [jsonl, tensorboard]
)";

std::atomic<int>* raised = nullptr;  // a signal handler can reach nothing else
std::int64_t raises_to_pass = -1;    // how many signals are ignored before one counts; -1: all
std::atomic<unsigned>* asked_for = nullptr;
extern "C" void count_signal(int number) {
  if (raises_to_pass-- == 0) *raised = number;
}

// Writes down what it is told.
class Notebook final : public run::Listener {
 public:
  void say(const Lines& lines) override { said += lines({}) + "\n"; }
  void problem(config::Severity, const std::string& message) override {
    problems.push_back(message);
  }
  void reached(run::Stage stage) override { stages.push_back(stage); }
  void has_processes(pid_t) override {}
  void draws(std::size_t) override {}
  void trained(const std::string&, const train::ModelDescription& model,
               const state::ParameterMemory&) override {
    parameters = model.parameter_count();
  }
  void out_of_memory() noexcept override {}
  Terminal& terminal() override { return terminal_; }

  std::string said;
  std::vector<std::string> problems;
  std::vector<run::Stage> stages;
  std::int64_t parameters = 0;

 private:
  SilentTerminal terminal_;
};

// Throws in the call of this name.
class Faulty final : public run::Listener {
 public:
  explicit Faulty(std::string call) : call_(std::move(call)) {}
  void say(const Lines&) override { fail("say"); }
  void problem(config::Severity, const std::string&) override { fail("problem"); }
  void reached(run::Stage) override { fail("reached"); }
  void has_processes(pid_t) override { fail("has_processes"); }
  void draws(std::size_t) override { fail("draws"); }
  void trained(const std::string&, const train::ModelDescription&,
               const state::ParameterMemory&) override {
    fail("trained");
  }
  void out_of_memory() noexcept override {}
  Terminal& terminal() override {
    fail("terminal");
    return terminal_;
  }

 private:
  void fail(const std::string& call) const {
    if (call == call_) throw std::runtime_error(call + " failed");
  }

  std::string call_;
  SilentTerminal terminal_;
};

struct RunsInAFolder : TemporaryFolder {
  plugin_host::PluginHost host{
      {build_folder() + "/plugins", build_folder() + "/tests/run/fixtures"},
      InstructionSet::generic};
  Notebook notebook;
  run::Listener* listener = &notebook;
  base::GitQuery git;
  std::atomic<int> stop = 0;
  std::atomic<unsigned> requests = 0;
  config::Diagnostics diagnostics;

  RunsInAFolder() {
    raised = &stop;
    asked_for = &requests;
    raises_to_pass = -1;
    std::signal(SIGUSR1, count_signal);
  }
  ~RunsInAFolder() { std::signal(SIGUSR1, SIG_DFL); }
  RunsInAFolder(const RunsInAFolder&) = delete;
  RunsInAFolder& operator=(const RunsInAFolder&) = delete;

  run::Surroundings around() { return {host, *listener, git, stop, requests}; }
  std::filesystem::path folder(const std::string& name) const { return *this / name; }

  std::unique_ptr<run::Run> create(const std::string& name,
                                   std::vector<std::string> overrides = {}) {
    const std::string config = *this / "small.yaml";
    write_file(config, config_text);
    overrides.push_back("run_dir=" + folder(name).string());
    auto draft = plan::load_draft(config, overrides, host, diagnostics);
    BOOST_REQUIRE_MESSAGE(draft.has_value(), diagnostics.text(false));
    auto prepared = run::prepare(*std::move(draft), host, diagnostics);
    BOOST_REQUIRE_MESSAGE(prepared.has_value(), diagnostics.text(false));
    const auto now = std::chrono::system_clock::now();
    auto made = run::make_folder(prepared->plan, now, diagnostics);
    BOOST_REQUIRE(made.has_value());
    return run::Run::create(std::move(*prepared), std::move(*made), around(),
                            {now, overrides, "a warning"});
  }

  std::unique_ptr<run::Run> open(const std::string& name, run::GoingOn how = {}) {
    auto run = run::Run::open(folder(name), around(), diagnostics, std::move(how));
    BOOST_REQUIRE_MESSAGE(run != nullptr, diagnostics.text(false));
    return run;
  }

  void save(const run::Run& run, const std::string& name) const {
    run.write_state(base::Folder(TemporaryFolder::path()), name);
  }

  // Trains a new run until the hook has asked so many times, and saves its state.
  std::int64_t stop_after(const std::string& name, std::int64_t raises,
                          const std::vector<std::string>& overrides = {}) {
    const auto run = create(name, overrides);
    raises_to_pass = raises - 1;
    BOOST_CHECK(run->train() == run::Ending::stopped);
    raises_to_pass = -1;
    stop = 0;
    save(*run, name + ".safetensors");
    return run->record().steps;
  }
};

// Returns the bytes of the numbers and texts of a state, but for the sizes of files, which hold
// wall times.
std::map<std::string, std::string> values_of(const state::Registry& state) {
  std::map<std::string, std::string> values;
  for (const state::NamedTensor& tensor : state.tensors())
    if (!tensor.name.starts_with("logs/"))
      values[tensor.name] = {reinterpret_cast<const char*>(tensor.bytes.data()),
                             tensor.bytes.size()};
  return values;
}

// Returns the lines of metrics.jsonl without their wall times.
std::string metrics(const std::filesystem::path& folder) {
  std::istringstream lines(read_file(folder / "metrics.jsonl"));
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    auto json = nlohmann::ordered_json::parse(line);
    json.erase("wall_time");
    text += json.dump() + "\n";
  }
  return text;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(run_object, RunsInAFolder)

BOOST_AUTO_TEST_CASE(it_is_created_and_trained_by_calls) {
  const auto run = create("whole");
  BOOST_TEST(run->record().state == "running");
  BOOST_CHECK(run::lock_of(folder("whole")) == run::Lock::held);
  BOOST_CHECK(run->train() == run::Ending::done);
  BOOST_TEST(run->record().state == "finished");
  BOOST_TEST(run->record().steps == 40);
  BOOST_TEST(notebook.problems.empty());
  BOOST_TEST(notebook.parameters == 4 * 6 + 6 + 6 * 3 + 3);
  BOOST_TEST(notebook.said.find("finished after 40 steps") != std::string::npos);
  BOOST_CHECK(notebook.stages ==
              (std::vector{run::Stage::training, run::Stage::saving, run::Stage::closing_loggers,
                           run::Stage::waiting_for_git, run::Stage::ending}));
  const std::string log = read_file(folder("whole") / "log.txt");
  for (const char* part : {"a warning", "finished after 40 steps"})
    BOOST_TEST(log.find(part) != std::string::npos, log);
}

BOOST_AUTO_TEST_CASE(a_hook_multiplies_the_rates_and_a_resumed_run_remembers_it) {
  const std::vector<std::string> freezes = {"optimizer={type: sgd, learning_rate: 0.1}",
                                            "hooks={ice: {type: freezing, at: [5, 9]}}"};
  auto few = freezes;
  few.push_back("train.steps=5");
  auto frozen = create("frozen", freezes);
  const auto shorter = create("shorter", few);
  BOOST_CHECK(frozen->train() == run::Ending::done);
  BOOST_CHECK(shorter->train() == run::Ending::done);
  BOOST_TEST(frozen->record().weights_digest == shorter->record().weights_digest);
  const std::string logged = metrics(folder("frozen"));
  BOOST_TEST(logged.find("{\"step\":5,\"tag\":\"rate\",\"value\":0.1}") != std::string::npos,
             logged);
  BOOST_TEST(logged.find("{\"step\":9,\"tag\":\"rate\",\"value\":0.0}") != std::string::npos,
             logged);

  save(*frozen, "frozen.safetensors");
  frozen.reset();
  const auto again = open("frozen");
  again->restore(*this / "frozen.safetensors");
  const auto* const factor = again->state().find("rate_factors/ice");
  BOOST_REQUIRE(factor != nullptr);
  BOOST_TEST(*reinterpret_cast<const double*>(factor->bytes.data()) == 0);
}

// A run that goes on has been fitted anew when it is opened; what the state says counts.
BOOST_AUTO_TEST_CASE(what_was_learnt_from_the_rows_is_restored) {
  const std::vector<std::string> overrides = {"transforms=[standardize]"};
  const auto whole = create("whole", overrides);
  BOOST_CHECK(whole->train() == run::Ending::done);
  const auto mean_of = [](run::Run& run) {
    const auto* const mean = run.state().find("transforms/standardize/mean");
    BOOST_REQUIRE(mean != nullptr);
    return std::span(reinterpret_cast<double*>(mean->bytes.data()), 4);
  };
  const double learnt = mean_of(*whole)[2];
  BOOST_TEST(learnt != 0);

  auto run = create("stopped", overrides);
  raises_to_pass = 3;
  BOOST_CHECK(run->train() == run::Ending::stopped);
  raises_to_pass = -1;
  stop = 0;
  save(*run, "stopped.safetensors");
  mean_of(*run)[2] = 5;
  save(*run, "other_mean.safetensors");
  run.reset();
  const auto again = open("stopped");
  again->restore(*this / "other_mean.safetensors");
  BOOST_TEST(mean_of(*again)[2] == 5);
  again->restore(*this / "stopped.safetensors");
  BOOST_TEST(mean_of(*again)[2] == learnt);
  BOOST_CHECK(again->train() == run::Ending::done);
  BOOST_CHECK(values_of(again->state()) == values_of(whole->state()));
}

BOOST_AUTO_TEST_CASE(all_that_it_must_remember_has_a_name) {
  const auto run = create("whole");
  BOOST_CHECK(run->train() == run::Ending::done);
  std::string names;
  for (const state::NamedTensor& tensor : run->state().tensors())
    names += (tensor.name.starts_with("logs/events.") ? "logs/EVENTS" : tensor.name) + "\n";
  BOOST_TEST(names ==
             "epoch_loss/sum\n"
             "epoch_loss/weight\n"
             "extremes/asked\n"
             "extremes/asked before\n"
             "extremes/batch\n"
             "extremes/epoch\n"
             "extremes/once\n"
             "extremes/test\n"
             "hooks/asking/last_steps\n"
             "hooks/asking/times\n"
             "hooks_step\n"
             "last_values/asked\n"
             "last_values/asked before\n"
             "last_values/batch\n"
             "last_values/epoch\n"
             "last_values/once\n"
             "last_values/test\n"
             "logs/EVENTS\n"
             "logs/metrics.jsonl\n"
             "optimizer/mu/layer1.bias\n"
             "optimizer/mu/layer1.kernel\n"
             "optimizer/mu/layer2.bias\n"
             "optimizer/mu/layer2.kernel\n"
             "optimizer/nu/layer1.bias\n"
             "optimizer/nu/layer1.kernel\n"
             "optimizer/nu/layer2.bias\n"
             "optimizer/nu/layer2.kernel\n"
             "seed\n"
             "step\n"
             "tags/asked\n"
             "tags/asked before\n"
             "tags/batch\n"
             "tags/epoch\n"
             "tags/once\n"
             "tags/test\n"
             "weights/layer1.bias\n"
             "weights/layer1.kernel\n"
             "weights/layer2.bias\n"
             "weights/layer2.kernel\n");
  BOOST_TEST(
      run->state().integers("logs/").at("metrics.jsonl") ==
      static_cast<std::int64_t>(std::filesystem::file_size(folder("whole") / "metrics.jsonl")));
  BOOST_TEST(run->state().texts("tags/").at("test") == "test");
}

// The logger is a plugin that knows the headers of the SDK alone.
BOOST_AUTO_TEST_CASE(a_logger_receives_every_content_that_a_hook_logs) {
  const auto run = create("all", {"+hooks.every={type: every_content, at: [3]}",
                                  "loggers=[telling_all, jsonl, tensorboard]"});
  BOOST_CHECK(run->train() == run::Ending::done);
  BOOST_TEST(notebook.problems.empty());
  std::istringstream lines(read_file(folder("all") / "plugins/telling/records.txt"));
  std::string records;
  for (std::string line; std::getline(lines, line);)
    if (line.find(" all/") != std::string::npos) records += line + "\n";
  BOOST_TEST(records ==
             "3 all/scalar scalar 3\n"
             "3 all/text text step 3\n"
             "3 all/image image 1x1 69 bytes, the last 130\n"
             "3 all/histogram histogram [0 1 2] [3 4] [0.5 1.5 7 8 9]\n"
             "3 all/curve curve x y step 3 [0 1 2] [0 1 2]\n"
             "3 all/table table [word number] [text step 3 number 7]\n"
             "3 all/graph graph input Input [] []; layer Linear [input] [-1 5] "
             "[note=text step 3, yes=boolean true]\n"
             "3 all/parameters hyper_parameters [note=text step 3, yes=boolean true] "
             "[all/scalar]\n");
}

BOOST_AUTO_TEST_CASE(a_logger_is_told_of_the_run_when_it_is_opened) {
  const auto run = create("told", {"loggers=[telling_all]"});
  BOOST_CHECK(run->train() == run::Ending::done);
  const std::filesystem::path told = folder("told") / "plugins/telling/told";
  const std::string yaml = read_file(folder("told") / "plan.yaml");
  BOOST_TEST(read_file(told / "plan.yaml") == yaml);

  // Every line `key: value` of plan.yaml, by the full key.
  std::istringstream entries(read_file(told / "plan.txt"));
  const auto document = config::read_text("plan.yaml", "/plan.yaml", yaml, diagnostics);
  BOOST_REQUIRE(document.has_value());
  std::size_t count = 0;
  for (std::string line; std::getline(entries, line); ++count) {
    const std::size_t colon = line.find(": ");
    const config::Node* node = &*document;
    std::istringstream parts(line.substr(0, colon));
    for (std::string part; node != nullptr && std::getline(parts, part, '.');)
      node = node->find(part);
    BOOST_REQUIRE_MESSAGE(node != nullptr, line);
    if (node->kind == config::Node::Kind::scalar && !node->quoted)
      BOOST_TEST(line.substr(colon + 2) == node->scalar, line);
  }
  BOOST_TEST(count == plan::leaves(*document).size());

  const std::string types = read_file(told / "types.txt");
  for (const char* line :
       {"\nseed number 0\n", "\nmodel.type text mlp\n", "\ntrain.shuffle boolean true\n",
        "\noptimizer.learning_rate.init_value number 0.01\n", "\nmodel.hidden text [6]\n",
        "\nkernels none\n"})
    BOOST_TEST(("\n" + types).find(line) != std::string::npos, line << types);
  BOOST_TEST(read_file(told / "rest.txt") ==
             "input Input [] [-1 4] []; layer1/kernel Parameter [] [4 6] []; "
             "layer1/bias Parameter [] [6] []; "
             "layer1 Linear [input layer1/kernel layer1/bias] [-1 6] [activation=text selu]; "
             "layer2/kernel Parameter [] [6 3] []; layer2/bias Parameter [] [3] []; "
             "layer2 Linear [layer1 layer2/kernel layer2/bias] [-1 3] []; "
             "target Target [] [-1] []; "
             "loss Loss [layer2 target] [] [type=text softmax_cross_entropy]; "
             "optimizer Optimizer [loss] [type=text adam]\n"
             "batch of batch\nepoch of epoch\nonce of once\ntest of test\n"
             "test 18\ntrain 72\n"
             "[0 1 2]\n");
}

// A file in a subfolder is cut back to what belongs to the run, and goes on from there.
BOOST_AUTO_TEST_CASE(files_in_subfolders_go_on_with_the_run) {
  const std::vector<std::string> overrides = {"loggers=[telling_all]"};
  const std::string records = "plugins/telling/records.txt";
  {
    const auto whole = create("whole", overrides);
    BOOST_CHECK(whole->train() == run::Ending::done);
  }
  {
    const auto run = create("stopped", overrides);
    raises_to_pass = 3;
    BOOST_CHECK(run->train() == run::Ending::stopped);
    raises_to_pass = -1;
    stop = 0;
    save(*run, "stopped.safetensors");
    BOOST_TEST(run->state().integers("logs/").contains(records));
  }
  write_file(folder("stopped") / records, read_file(folder("stopped") / records) + "late\n");
  const auto again = open("stopped");
  again->restore(*this / "stopped.safetensors");
  BOOST_CHECK(again->train() == run::Ending::done);
  BOOST_TEST(again->record().failures.empty());
  BOOST_TEST(read_file(folder("stopped") / records) == read_file(folder("whole") / records));
}

// Wherever it was stopped: the weights, everything that it remembers, and what was logged, are
// those of a run that was not.
BOOST_AUTO_TEST_CASE(a_run_that_goes_on_is_the_run_that_would_have_been) {
  const auto whole = create("whole");
  BOOST_CHECK(whole->train() == run::Ending::done);
  const auto expected = values_of(whole->state());
  const std::string lines = metrics(folder("whole"));

  const std::vector<std::int64_t> steps = {0, 1, 4, 5, 6, 39};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string name = "stopped_at_" + std::to_string(steps[i]);
    BOOST_TEST(stop_after(name, static_cast<std::int64_t>(i) + 1) == steps[i]);
    // Lines that came after the state was saved do not belong to the run any more.
    for (const auto& file : std::filesystem::directory_iterator(folder(name)))
      if (file.path().extension() == ".jsonl" || file.path().filename().string().starts_with("ev"))
        write_file(file.path(), read_file(file.path()) + "{\"late\": 1}\n");
    const auto again = open(name);
    again->restore(*this / (name + ".safetensors"));
    BOOST_CHECK(again->train() == run::Ending::done);
    BOOST_CHECK(values_of(again->state()) == expected);
    BOOST_TEST(again->record().weights_digest == whole->record().weights_digest);
    BOOST_TEST(again->record().steps == 40);
    BOOST_CHECK(again->record().final_values == whole->record().final_values);
    BOOST_TEST(again->record().failures.empty());
    BOOST_TEST(metrics(folder(name)) == lines);
    for (const auto& [file, position] : again->state().integers("logs/"))
      BOOST_TEST(static_cast<std::int64_t>(std::filesystem::file_size(folder(name) / file)) ==
                 position);
  }
}

// Returns the names of the files in checkpoints/.
std::set<std::string> checkpoints_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(folder / "checkpoints"))
    names.insert(file.path().filename().string());
  return names;
}

BOOST_AUTO_TEST_CASE(checkpoints_are_taken_while_it_trains_and_the_newest_are_kept) {
  const auto run = create("kept", {"checkpoints={every: 7, every_seconds: never, keep: 3}"});
  BOOST_CHECK(run->train() == run::Ending::done);
  BOOST_TEST(notebook.problems.empty());
  BOOST_TEST(checkpoints_in(folder("kept")) ==
                 (std::set<std::string>{"step_28.safetensors", "step_35.safetensors",
                                        "step_40.safetensors"}),
             boost::test_tools::per_element());
  const auto epochs = create("epochs", {"checkpoints={every_epoch: 3, keep: 9, at_end: false}"});
  BOOST_CHECK(epochs->train() == run::Ending::done);
  BOOST_TEST(checkpoints_in(folder("epochs")) ==
                 (std::set<std::string>{"step_15.safetensors", "step_30.safetensors",
                                        "step_40.safetensors"}),
             boost::test_tools::per_element());
  const state::StoredTensors weights(folder("epochs") / "checkpoints/step_40.safetensors");
  BOOST_TEST(weights.header().tensors.contains("layer1.kernel"));
  BOOST_TEST(!weights.header().tensors.contains("step"));
}

// A run that goes on from any of them is the run that was not stopped, and each says how long the
// log files were when it was taken.
BOOST_AUTO_TEST_CASE(a_run_goes_on_from_each_checkpoint) {
  const std::vector<std::string> often = {"checkpoints={every: 1, every_seconds: never, keep: 99}"};
  const auto whole = create("whole", often);
  BOOST_CHECK(whole->train() == run::Ending::done);
  BOOST_TEST(whole->record().failures.empty());
  const auto expected = values_of(whole->state());
  const std::string lines = metrics(folder("whole"));
  BOOST_TEST(checkpoints_in(folder("whole")).size() == 40);
  for (const int step : {1, 2, 13, 25, 39, 40}) {
    const std::string name = "from_" + std::to_string(step);
    std::filesystem::copy(folder("whole"), folder(name), std::filesystem::copy_options::recursive);
    const auto again = open(name);
    again->restore(folder(name) / "checkpoints" / run::checkpoint_name(step));
    BOOST_CHECK(again->train() == run::Ending::done);
    BOOST_CHECK(values_of(again->state()) == expected);
    BOOST_TEST(metrics(folder(name)) == lines);
    BOOST_TEST(again->record().failures.empty());
  }
}

// Counts the bytes that this process reads.
BOOST_AUTO_TEST_CASE(a_checkpoint_is_read_twice_for_its_checksum_and_its_numbers_alone) {
  const std::vector<std::string> large = {"model.hidden=[2000, 2000]", "train.steps=1"};
  create("large", large)->train();
  const auto read = [] {
    const std::string counts = read_file("/proc/self/io");
    return std::stoll(counts.substr(counts.find(' ')));
  };
  const auto size = static_cast<std::int64_t>(
      std::filesystem::file_size(folder("large") / "checkpoints/step_1.safetensors"));
  const base::Folder run(folder("large"));
  const std::int64_t before = read();
  auto found = run::find_checkpoint(run, run::plan_digests(run::read_record(run)));
  const auto again = open("large", {std::move(found), {"train.steps=2"}, true});
  // Once for the checksum and once for the numbers; the rest is libraries.
  BOOST_TEST(size > 40'000'000);
  BOOST_TEST(read() - before < 2.5 * static_cast<double>(size));
}

// It was killed when its last checkpoint was written and its loggers were not closed.
BOOST_AUTO_TEST_CASE(a_run_that_a_hook_has_stopped_is_not_trained_any_further) {
  const std::vector<std::string> stops = {"+hooks.stopping={type: stopping, at: [13]}",
                                          "checkpoints.every=1"};
  std::string lines;
  {
    const auto run = create("stops", stops);
    BOOST_CHECK(run->train() == run::Ending::done);
    BOOST_TEST(run->record().steps == 13);
    lines = metrics(folder("stops"));
  }
  const std::string record = folder("stops") / "run.json";
  auto json = nlohmann::ordered_json::parse(read_file(record));
  const std::string digest = json["plan_digest"];
  BOOST_TEST(!json.contains("complete"));
  json["complete"] = false;
  write_file(record, json.dump());
  BOOST_TEST(!run::read_record(base::Folder(folder("stops"))).complete);
  const auto again = open("stops", {run::find_checkpoint(base::Folder(folder("stops")), {digest})});
  BOOST_CHECK(again->train() == run::Ending::done);
  BOOST_TEST(again->record().steps == 13);
  BOOST_TEST(again->record().reason == "hooks.stopping: it is enough");
  BOOST_TEST(metrics(folder("stops")) == lines);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_that_is_asked_for_is_taken_after_the_step) {
  for (const std::string seconds : {"300", "never"}) {
    const auto run = create("asked_" + seconds, {"checkpoints.every_seconds=" + seconds});
    std::signal(SIGUSR1, [](int) { ++*asked_for; });
    BOOST_CHECK(run->train() == run::Ending::done);
    std::signal(SIGUSR1, count_signal);
    // The hook asks at the steps 0, 1, 4, 5, 6 and 39.
    BOOST_TEST(checkpoints_in(folder("asked_" + seconds)) ==
                   (std::set<std::string>{"step_39.safetensors", "step_40.safetensors"}),
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_run_that_cannot_write_checkpoints_trains_on_and_says_so_once) {
  const auto run = create("full", {"checkpoints={every: 5, at_end: false}"});
  write_file(folder("full") / "checkpoints", "");
  BOOST_CHECK(run->train() == run::Ending::failed);  // as it has no weights either
  BOOST_TEST(run->record().steps == 40);
  const auto& failures = run->record().failures;
  BOOST_TEST(std::ranges::count_if(failures, [](const std::string& failure) {
               return failure.starts_with("checkpoint of step 5: ");
             }) == 1);
  BOOST_TEST(std::ranges::count_if(failures, [](const std::string& failure) {
               return failure.starts_with("checkpoint of step");
             }) == 1);
}

BOOST_AUTO_TEST_CASE(what_a_killed_process_left_is_removed) {
  stop_after("killed", 4);
  const auto leftover = [&](const char* name) { return folder("killed") / name; };
  std::filesystem::create_directory(leftover("images"));
  const std::vector<const char*> left = {"run.json.0123456789abcdef.part",
                                         "checkpoints/step_6.safetensors.00000000000000ff.part",
                                         "images/6_a.png.0123456789abcdef.part"};
  for (const char* name : left) write_file(leftover(name), "half");
  write_file(leftover("mine.part"), "");
  write_file(leftover("events.out.tfevents.9999999999.000000.other.1"), "of nobody");
  open("killed");
  for (const char* name : left) BOOST_TEST(!std::filesystem::exists(leftover(name)), name);
  BOOST_TEST(std::filesystem::exists(leftover("mine.part")));
}

// Log files that were made after the checkpoint do not belong to the run that goes on.
BOOST_AUTO_TEST_CASE(log_files_of_a_life_that_left_no_checkpoint_are_removed) {
  stop_after("killed", 4);
  const auto event_files = [&] {
    std::set<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(folder("killed")))
      if (file.path().filename().string().starts_with("events"))
        names.insert(file.path().filename().string());
    return names;
  };
  const std::set<std::string> first = event_files();
  BOOST_TEST(first.size() == 1);
  BOOST_TEST(run::read_record(base::Folder(folder("killed"))).log_files.size() == 2);
  for (int life = 0; life < 2; ++life) {
    const auto again = open("killed");
    again->restore(*this / "killed.safetensors");
    BOOST_CHECK(again->train() == run::Ending::done);
    BOOST_TEST(event_files().size() == 2);
    BOOST_TEST(event_files().contains(*first.begin()));
  }
}

// A run that was killed before its state was saved begins anew, in the folder that it has.
BOOST_AUTO_TEST_CASE(gradient_transforms_go_on_with_the_run) {
  const std::vector<std::string> overrides = {
      "gradient_transforms=[averaging, {type: clip_by_global_norm, max_norm: 0.2}]"};
  const auto whole = create("whole", overrides);
  BOOST_CHECK(whole->train() == run::Ending::done);
  const auto expected = values_of(whole->state());
  for (const char* name :
       {"gradient_transforms/averaging/steps", "gradient_transforms/averaging/mean/layer1.kernel",
        "gradient_transforms/averaging/mean/layer2.bias"})
    BOOST_TEST(expected.contains(name), name);

  BOOST_TEST(stop_after("stopped", 4, overrides) == 5);
  const auto again = open("stopped");
  again->restore(*this / "stopped.safetensors");
  BOOST_CHECK(again->train() == run::Ending::done);
  BOOST_CHECK(values_of(again->state()) == expected);
  BOOST_TEST(again->record().weights_digest == whole->record().weights_digest);
  const auto plain = create("plain");
  BOOST_CHECK(plain->train() == run::Ending::done);
  BOOST_TEST(plain->record().weights_digest != whole->record().weights_digest);
}

BOOST_AUTO_TEST_CASE(a_named_checkpoint_holds_what_gradient_transforms_remember) {
  const auto run = create("saved", {"gradient_transforms=[averaging]",
                                    "hooks={saving: {type: saving, at: [5]}}", "train.steps=5"});
  BOOST_CHECK(run->train() == run::Ending::done);
  const state::StoredTensors kept(folder("saved") / "checkpoints/kept.safetensors");
  std::size_t names = 0;
  for (const state::NamedTensor& tensor : run->state().tensors("gradient_transforms/")) {
    BOOST_TEST(kept.header().tensors.contains(tensor.name), tensor.name);
    ++names;
  }
  BOOST_TEST(names == 5U);
}

BOOST_AUTO_TEST_CASE(without_a_state_it_begins_anew) {
  std::string lines, digest;
  {
    const auto whole = create("whole");
    BOOST_CHECK(whole->train() == run::Ending::done);
    lines = metrics(folder("whole"));
    digest = whole->record().weights_digest;
  }
  stop_after("killed", 4);
  std::filesystem::rename(folder("killed"), folder("renamed"));
  const auto again = open("renamed");
  BOOST_TEST(run::read_record(base::Folder(folder("renamed"))).state == "running");
  BOOST_CHECK(again->train() == run::Ending::done);
  BOOST_TEST(again->record().weights_digest == digest);
  BOOST_TEST(metrics(folder("renamed")) == lines);
  BOOST_TEST(read_file(folder("renamed") / "log.txt").find("stopped after") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_state_that_is_not_this_runs_is_refused) {
  stop_after("one", 3);
  const std::string state = *this / "one.safetensors";
  const auto refused = [this](run::Run& run, const std::string& file) {
    const std::string message = error_of([&] { run.restore(file); });
    BOOST_TEST(run.state().find("step") != nullptr);
    return message.substr(std::min(file.size(), message.size()));
  };
  const auto other = create("other", {"seed=7"});
  const auto before = values_of(other->state());
  BOOST_TEST(refused(*other, state) == ": this is not the state of a run of this plan");
  BOOST_CHECK(values_of(other->state()) == before);

  const auto same = open("one");
  const std::string damaged = *this / "damaged.safetensors";
  std::string bytes = read_file(state);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  write_file(damaged, bytes);
  const auto untouched = values_of(same->state());
  BOOST_TEST(refused(*same, damaged).find("do not match its checksum") !=
             std::string::npos);
  BOOST_CHECK(values_of(same->state()) == untouched);
}

BOOST_AUTO_TEST_CASE(a_run_whose_plan_or_kernels_changed_is_not_taken_up) {
  stop_after("changed", 3);
  const std::string plan = folder("changed") / "plan.yaml";
  std::string text = read_file(plan);
  text.replace(text.find("steps: 40"), 9, "steps: 41");
  write_file(plan, text);
  BOOST_TEST(error_of([&] {
               run::Run::open(folder("changed"), around(), diagnostics);
             }).find("this run began with another plan: train.steps was 40 and is 41; ") !=
             std::string::npos);
  write_file(plan, "model: [");
  BOOST_TEST(run::Run::open(folder("changed"), around(), diagnostics).get() == nullptr);
  BOOST_TEST(!diagnostics.empty());
}

BOOST_AUTO_TEST_CASE(a_run_whose_plugin_changed_is_not_taken_up) {
  stop_after("changed", 3);
  const std::filesystem::path plugins = build_folder() + "/plugins";
  const std::string asking = build_folder() + "/tests/run/fixtures/asking.so";
  const std::string other = *this / "asking.so";
  write_file(other, read_file(asking));
  {
    plugin_host::PluginHost same({plugins, other}, InstructionSet::generic);
    BOOST_TEST(run::Run::open(folder("changed"), {same, notebook, git, stop, requests}, diagnostics)
                   .get() != nullptr);
  }
  const std::string changed = *this / "changed.so";
  write_file(changed, read_file(asking) + "\n");
  plugin_host::PluginHost next({plugins, changed}, InstructionSet::generic);
  const std::string message = error_of([&] {
    run::Run::open(folder("changed"), {next, notebook, git, stop, requests}, diagnostics);
  });
  BOOST_TEST(
      message.starts_with((folder("changed") / "run.json").string() +
                          ": this run began with another library of the plugin 'asking': " + other),
      message);
  BOOST_TEST(message.find(changed) != std::string::npos, message);
}

// A listener that throws is a failure of the run, and loses nothing else.
BOOST_AUTO_TEST_CASE(a_listener_that_throws_ends_no_run) {
  std::string digest;
  {
    const auto whole = create("whole");
    BOOST_CHECK(whole->train() == run::Ending::done);
    digest = whole->record().weights_digest;
  }
  for (const char* call : {"say", "problem", "reached", "has_processes", "trained", "terminal"}) {
    BOOST_TEST_CONTEXT(call) {
      Faulty faulty(call);
      listener = &faulty;
      const auto run = create(call);
      run->lost("a line");
      BOOST_CHECK(run->train() == run::Ending::partly_failed);
      const run::RunRecord record = run::read_record(base::Folder(folder(call)));
      BOOST_TEST(record.state == "finished");
      BOOST_TEST(record.weights_digest == digest);
      const std::vector<std::string> failures = record.failures;
      const std::string failure = std::string("showing the run: ") + call + " failed";
      BOOST_TEST(std::ranges::count(failures, failure) == 1);
      BOOST_TEST(std::ranges::count(failures, "a line") == 1);
      BOOST_TEST(failures.size() == 2U);
      BOOST_TEST(read_file(folder(call) / "log.txt").find("finished after 40 steps") !=
                 std::string::npos);
    }
  }
  Faulty faulty("draws");
  std::string told;
  run::GuardedListener guarded(faulty, [&told](const std::string& message) { told += message; });
  guarded.draws(2);
  guarded.draws(1);
  BOOST_TEST(told == "showing the run: draws failed");
}

BOOST_AUTO_TEST_CASE(a_run_that_cannot_begin_leaves_no_folder) {
  write_file(*this / "small.yaml", config_text);
  const std::vector<std::string> overrides = {"run_dir=" + folder("none").string()};
  auto draft = plan::load_draft(*this / "small.yaml", overrides, host, diagnostics);
  auto prepared = run::prepare(*std::move(draft), host, diagnostics);
  BOOST_REQUIRE(prepared.has_value());
  auto made = run::make_folder(prepared->plan, {}, diagnostics);
  std::filesystem::create_directory(folder("none") / "run.json");  // in the way of the record
  BOOST_TEST(error_of([&] {
               run::Run::create(std::move(*prepared), std::move(*made), around(), {});
             }) != "");
  BOOST_TEST(!std::filesystem::exists(folder("none")));
}

BOOST_AUTO_TEST_CASE(only_a_run_folder_that_nobody_writes_to_is_opened) {
  const auto run = create("busy");
  const std::string busy = folder("busy");
  BOOST_TEST(error_of([&] { run::Run::open(busy, around(), diagnostics); }) ==
             busy + ": another process is writing to this run folder");
  std::filesystem::create_directory(folder("empty"));
  BOOST_TEST(error_of([&] { run::Run::open(folder("empty"), around(), diagnostics); }) ==
             (folder("empty") / "run.json").string() +
                 ": cannot be read: No such file or directory");
  BOOST_TEST(error_of([&] { run::Run::open(folder("none"), around(), diagnostics); }) ==
             folder("none").string() + ": cannot be opened: No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()
