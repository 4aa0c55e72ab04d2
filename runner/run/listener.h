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

/// The part of its work that a run is at, and does before it can end.
enum class Stage { training, saving, closing_loggers, waiting_for_git, ending };

/// A run knows no terminal and no command line. It tells a listener what happens, and the listener
/// shows it. Functions are called on the thread that runs the run, unless they say otherwise. What
/// they throw ends no run: the run records the first exception as a failure and goes on.
class Listener {
 public:
  virtual ~Listener() = default;

  /// Lays lines out for a width.
  using Lines = std::function<std::string(base::Columns)>;
  /// Shows lines to people.
  virtual void say(const Lines& lines) = 0;
  /// Shows one line about something that is wrong. Called from any thread.
  virtual void problem(config::Severity severity, const std::string& message) = 0;
  /// The run has come to this part of its work.
  virtual void reached(Stage stage) = 0;
  /// The run has started processes in this group, which must not outlive it. 0: it has none now.
  virtual void has_processes(pid_t group) = 0;
  /// Training is over, and so many pictures are left to draw. Told several times a second, on the
  /// logging thread.
  virtual void draws(std::size_t pictures_left) = 0;
  /// The model as it was trained, before the result is told.
  virtual void trained(const std::string& model_type, const train::ModelDescription& model,
                       const state::ParameterMemory& weights) = 0;
  /// There is a problem, and no memory for its words. Called from any thread.
  virtual void out_of_memory() noexcept = 0;
  /// Returns the terminal that loggers print to, on the logging thread. It lives as long as the
  /// listener.
  virtual Terminal& terminal() = 0;
};

}  // namespace assay::run
