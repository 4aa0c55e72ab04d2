// A run is created, trained, stopped and taken up by calls, without a terminal.
#include "runner/run/run.h"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "runner/plan/load.h"
#include "tests/base/error_of.h"
#include "tests/support/bytes.h"
#include "tests/support/component.h"
#include "tests/support/fake_logging.h"
#include "tests/support/temporary_folder.h"

using namespace assay;
using namespace assay::test;
using namespace std::chrono_literals;

namespace {

const std::string config_text = R"(
name: small
dataset: {type: synthetic, rows: 90, shape: [4], classes: 3, split: {test: 0.2}}
model: {type: mlp, hidden: [6]}
loss: softmax_cross_entropy
optimizer: {type: adam, learning_rate: {type: cosine, init_value: 0.01}}
train: {steps: 30000, batch_size: 16}
threads: 1
hooks:
  batch: {type: scalar, tag: batch, value: batch.loss, every: 500}
  epoch: {type: scalar, tag: epoch, value: epoch.loss, every: 777}
  test: {type: scalar, tag: test, value: test.loss, every: 1000, at_end: true}
loggers: [jsonl]
)";

// Writes down what it is told.
class Notebook final : public run::Listener {
 public:
  void say(const Lines& lines) override { said += lines({}) + "\n"; }
  void problem(config::Severity, const std::string& message) override {
    problems.push_back(message);
  }
  void reached(run::Stage stage) override {
    stages.push_back(stage);
    if (stage == run::Stage::training && at_training) at_training();
  }
  void has_processes(pid_t) override {}
  void draws(std::size_t) override {}
  void trained(const std::string&, const train::ModelDescription& model,
               const state::ParameterMemory&) override {
    parameters = model.parameter_count();
  }
  void out_of_memory() noexcept override {}
  Terminal& terminal() override { return terminal_; }

  std::function<void()> at_training;
  std::string said;
  std::vector<std::string> problems;
  std::vector<run::Stage> stages;
  std::int64_t parameters = 0;

 private:
  SilentTerminal terminal_;
};

struct RunsInAFolder : TemporaryFolder {
  plugin_host::PluginHost host{{build_folder() + "/plugins"}, InstructionSet::generic};
  Notebook notebook;
  base::GitQuery git;
  std::atomic<int> stop = 0;
  std::atomic<bool> begun = false;
  config::Diagnostics diagnostics;

  run::Surroundings around() { return {host, notebook, git, stop}; }
  std::filesystem::path folder(const std::string& name) const { return *this / name; }

  std::unique_ptr<run::Run> create(const std::string& name) {
    const std::string config = *this / "small.yaml";
    write_file(config, config_text);
    const std::vector<std::string> overrides = {"run_dir=" + folder(name).string()};
    auto draft = plan::load_draft(config, overrides, host, diagnostics);
    BOOST_REQUIRE_MESSAGE(draft.has_value(), diagnostics.text(false));
    auto prepared = run::prepare(std::move(*draft), host, diagnostics);
    BOOST_REQUIRE_MESSAGE(prepared.has_value(), diagnostics.text(false));
    const auto now = std::chrono::system_clock::now();
    auto made = run::make_folder(prepared->plan, now, diagnostics);
    BOOST_REQUIRE(made.has_value());
    return run::Run::create(std::move(*prepared), std::move(*made), around(),
                            {now, overrides, "a warning"});
  }

  // Stops the run that begins next after a moment, wherever it is then.
  std::jthread stop_soon(std::chrono::milliseconds when) {
    notebook.at_training = [this] {
      begun = true;
      begun.notify_one();
    };
    return std::jthread([this, when] {
      begun.wait(false);
      std::this_thread::sleep_for(when);
      stop = SIGTERM;
    });
  }
};

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
  BOOST_TEST(run->record().steps == 30000);
  BOOST_TEST(notebook.problems.empty());
  BOOST_TEST(notebook.parameters == 4 * 6 + 6 + 6 * 3 + 3);
  BOOST_TEST(notebook.said.find("finished after 30,000 steps") != std::string::npos);
  BOOST_CHECK(notebook.stages ==
              (std::vector{run::Stage::training, run::Stage::saving, run::Stage::closing_loggers,
                           run::Stage::waiting_for_git, run::Stage::ending}));
  const std::string log = read_file(folder("whole") / "log.txt");
  for (const char* part : {"a warning", "finished after 30,000 steps"})
    BOOST_TEST(log.find(part) != std::string::npos, log);
}

BOOST_AUTO_TEST_CASE(all_that_it_must_remember_has_a_name) {
  const auto run = create("whole");
  BOOST_CHECK(run->train() == run::Ending::done);
  std::string names;
  for (const state::NamedTensor& tensor : run->state().tensors()) names += tensor.name + "\n";
  BOOST_TEST(names ==
             "epoch_loss/sum\n"
             "epoch_loss/weight\n"
             "last_values/batch\n"
             "last_values/epoch\n"
             "last_values/test\n"
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
             "tags/batch\n"
             "tags/epoch\n"
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

// Wherever it was stopped: the weights, and what was logged, are those of a run that was not.
BOOST_AUTO_TEST_CASE(a_run_that_goes_on_is_the_run_that_would_have_been) {
  std::string digest;
  {
    const auto whole = create("whole");
    BOOST_CHECK(whole->train() == run::Ending::done);
    digest = whole->record().weights_digest;
  }
  std::unique_ptr<run::Run> stopped = create("stopped");
  {
    const std::jthread stopping = stop_soon(15ms);
    BOOST_CHECK(stopped->train() == run::Ending::stopped);
  }
  const std::int64_t step = stopped->record().steps;
  BOOST_TEST(step > 0);
  BOOST_TEST(step < 30000);
  const std::filesystem::path saved = *this / "state.safetensors";
  state::write_safetensors(base::Folder(TemporaryFolder::path()), "state.safetensors",
                           stopped->state().tensors(), {});
  stopped.reset();  // frees the lock

  // What came after the state was saved does not belong to the run any more.
  write_file(folder("stopped") / "metrics.jsonl",
             read_file(folder("stopped") / "metrics.jsonl") + "{\"late\": 1}\n");
  stop = 0;
  notebook.at_training = {};
  const auto again = run::Run::open(folder("stopped"), around(), diagnostics);
  BOOST_REQUIRE_MESSAGE(again != nullptr, diagnostics.text(false));
  again->state().restore(state::StoredTensors(saved));
  BOOST_CHECK(again->train() == run::Ending::done);
  BOOST_TEST(again->record().weights_digest == digest);
  BOOST_TEST(again->record().steps == 30000);
  BOOST_TEST(metrics(folder("stopped")) == metrics(folder("whole")));
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
