// Shows a run on the terminal that `assay run` was started at.
#pragma once

#include <functional>
#include <string>

#include "runner/batch/progress.h"
#include "runner/command_line/common.h"
#include "runner/command_line/terminal.h"
#include "runner/run/listener.h"

namespace assay::command_line {

class Console final : public run::Listener {
 public:
  /// Borrows the options. `describe`: shows the trained model with its weights.
  Console(const Common& common, bool describe) : common_(common), describe_(describe) {}
  ~Console() override { lost_ = {}; }  // the object that it would call may be gone

  /// Sets the function to call, once, when standard output takes no more. Calls it at once if that
  /// has happened already. Must not be called while something is shown.
  void on_lost(StandardTerminal::Lost lost);

  void say(const Lines& lines) override;
  void problem(config::Severity severity, const std::string& message) override;
  void reached(run::Stage stage) override;
  void has_processes(pid_t group) override;
  void progressed(const Progress& progress, double batch_loss) override;
  void draws(std::size_t pictures_left) override;
  void trained(const std::string& model_type, const train::ModelDescription& model,
               const state::ParameterMemory& weights) override;
  void out_of_memory() noexcept override;
  Terminal& terminal() override { return terminal_; }

 private:
  const Common& common_;
  bool describe_;
  StandardTerminal::Lost lost_;
  std::string lost_before_;       ///< not reported yet
  batch::ProgressFile progress_;  ///< of a run of a batch
  StandardTerminal terminal_{[this](const std::string& message) {
    if (lost_) lost_(message);
    else lost_before_ = message;
  }};
};

}  // namespace assay::command_line
