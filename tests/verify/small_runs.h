// Runs of a small config, made by calls, in a folder that goes with the test.
#pragma once

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runner/plan/load.h"
#include "runner/run/run.h"
#include "tests/support/bytes.h"
#include "tests/support/component.h"
#include "tests/support/fake_logging.h"
#include "tests/support/temporary_folder.h"

namespace assay::test {

/// Shows nothing.
class SilentListener final : public run::Listener {
 public:
  void say(const Lines& /*lines*/) override {}
  void problem(config::Severity /*severity*/, const std::string& /*message*/) override {}
  void reached(run::Stage /*stage*/) override {}
  void has_processes(pid_t /*group*/) override {}
  void draws(std::size_t /*pictures_left*/) override {}
  void trained(const std::string& /*type*/, const train::ModelDescription& /*model*/,
               const state::ParameterMemory& /*weights*/) override {}
  void out_of_memory() noexcept override {}
  Terminal& terminal() override { return terminal_; }

 private:
  SilentTerminal terminal_;
};

struct SmallRuns : TemporaryFolder {
  plugin_host::PluginHost host{
      {build_folder() + "/plugins", build_folder() + "/tests/zoo/forgetful.so"},
      InstructionSet::generic};
  SilentListener listener;
  base::GitQuery git;
  std::atomic<int> stop = 0;
  std::atomic<unsigned> requests = 0;
  config::Diagnostics diagnostics;

  std::optional<run::Prepared> prepare(const std::filesystem::path& folder,
                                       std::vector<std::string> overrides) {
    const std::string config = *this / "small.yaml";
    // An epoch has five steps.
    write_file(config, R"(
name: small
dataset: {type: synthetic, rows: 90, shape: [4], classes: 3, split: {test: 0.2}}
model: {type: mlp, hidden: [6]}
loss: softmax_cross_entropy
optimizer: {type: adam, learning_rate: {type: cosine, init_value: 0.01}}
train: {steps: 30, batch_size: 16}
threads: 1
checkpoints: {every: 10, every_seconds: never, keep: 2}
hooks:
  batch: {type: scalar, tag: batch, value: batch.loss, every: 1}
  test: {type: scalar, tag: test, value: test.loss, every: 7, at_end: true}
loggers: [jsonl, tensorboard]
)");
    overrides.push_back("run_dir=" + folder.string());
    auto draft = plan::load_draft(config, overrides, host, diagnostics);
    BOOST_REQUIRE_MESSAGE(draft.has_value(), diagnostics.text(false));
    auto prepared = run::prepare(*std::move(draft), host, diagnostics);
    BOOST_REQUIRE_MESSAGE(prepared.has_value(), diagnostics.text(false));
    return prepared;
  }

  std::unique_ptr<run::Run> create(const std::filesystem::path& folder,
                                   const std::vector<std::string>& overrides = {}) {
    auto prepared = prepare(folder, overrides);
    const auto now = std::chrono::system_clock::now();
    return run::Run::create(std::move(*prepared), run::RunFolder::create(folder.string(), now),
                            {host, listener, git, stop, requests}, {now, {}, {}});
  }
};

}  // namespace assay::test
