// The interface to whoever shows a run.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <string>

#include "assay/logger.h"
#include "runner/base/fitted.h"
#include "runner/config/diagnostics.h"
#include "runner/state/parameter_memory.h"
#include "runner/train/model_description.h"

namespace assay::run {

/// The part of its work that a run is doing and must finish before it can end.
enum class Stage { training, saving, closing_loggers, waiting_for_git, ending };

/// A run knows no terminal and no command line. It tells a listener what happens, and the listener
/// shows it. Functions are called on the thread that runs the run, unless they say otherwise. Their
/// exceptions do not end the run: it records the first one as a failure and goes on.
class Listener {
 public:
  virtual ~Listener() = default;

  /// Lays lines out for a width.
  using Lines = std::function<std::string(base::Columns)>;
  /// Shows lines to people.
  virtual void say(const Lines& lines) = 0;
  /// Shows one line about something that is wrong. Called from any thread.
  virtual void problem(config::Severity severity, const std::string& message) = 0;
  /// Called when the run begins this part of its work.
  virtual void reached(Stage stage) = 0;
  /// Called when the run has started processes in this group, which must not outlive it; with 0,
  /// when it has none any more.
  virtual void has_processes(pid_t group) = 0;
  /// Receives how far training has come, and the loss of the last batch, NaN before the first.
  /// Called ten times a second, on the logging thread. Most listeners leave that to the loggers.
  virtual void progressed(const Progress& /*progress*/, double /*batch_loss*/) {}
  /// Receives the number of pictures that are left to draw when training is over. Called several
  /// times a second, on the logging thread.
  virtual void draws(std::size_t pictures_left) = 0;
  /// Receives the model as it was trained, before the result.
  virtual void trained(const std::string& model_type, const train::ModelDescription& model,
                       const state::ParameterMemory& weights) = 0;
  /// Called when there is a problem, but no memory for its message. May be called from any thread.
  virtual void out_of_memory() noexcept = 0;
  /// Returns the terminal that loggers print to, on the logging thread. It lives as long as the
  /// listener.
  virtual Terminal& terminal() = 0;
};

}  // namespace assay::run
