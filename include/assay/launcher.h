// Kind `launcher`: starts the workers of a batch somewhere (as processes of this machine, through
// ssh, as jobs of a cluster) and says whether they are alive. `assay batch --launcher NAME` uses
// it.
//
// A worker is one process, `assay work FOLDER`. It takes the runs that wait in the batch's folder,
// one by one, until none is left. Any number of workers may work on a batch; each run is taken by
// one of them. So a launcher knows nothing of runs: a worker that is lost loses none, and a further
// one does no harm.
//
// Each worker has an id of the launcher's choice: one line of text of at most 256 bytes, such as
// "4711_3". The id says all that is needed to ask for the worker again: the host keeps the ids and
// hands them to another object of the launcher, perhaps in another process or on another machine.
//
// All calls come from one thread, which lives as long as the launcher. A function throws Error for
// what it cannot do; the message says what was tried and what came back.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "assay/kind.h"

namespace assay {

/// The resources that a worker needs. 0: nothing in particular.
struct WorkerNeeds {
  std::int64_t cores = 0;   ///< that its runs compute on
  std::int64_t memory = 0;  ///< bytes
  double seconds = 0;       ///< after which it has certainly ended
};

/// The workers to start. The texts are lent for the call.
struct Work {
  /// The name of this launch, for job names: letters, digits, '-', '_' and '.', at most 64 of them.
  /// No other launch has the same.
  std::string_view name;
  std::int64_t count = 1;  ///< of workers, all alike
  /// The command of a worker. The first argument is the program, an absolute path.
  std::span<const std::string_view> arguments;
  /// NAME=VALUE, beside (or instead of) the variables that a process has where it is started.
  std::span<const std::string_view> environment;
  /// One more variable, by which a worker ends when its parent ends, whatever ended that; if its
  /// parent is not this process, it ends at once. Empty for a launcher whose workers outlast this
  /// process.
  std::string_view ends_with_parent;
  std::string_view folder;  ///< the working folder of a worker, an absolute path
  /// A folder for what workers print, an absolute path. A launcher appends it to files there, whose
  /// names begin with `name`. Workers that end with this process may use its own output instead.
  std::string_view logs;
  WorkerNeeds each;
};

/// Receives the ids of workers.
class WorkerIds {
 public:
  /// Adds a worker. Throws Error for an id that is none (see above) or that was added before.
  virtual void add(std::string_view id) = 0;

 protected:
  ~WorkerIds() = default;
};

enum class WorkerState : std::uint32_t {
  unknown,  ///< nothing can be said: it was forgotten, or the cluster does not answer
  waiting,  ///< for its turn
  running,
  ended,
};

/// Receives the states of the workers that look() is asked for. They are unknown at first.
class WorkerStates {
 public:
  /// Sets the state of a worker, by its place in the list of ids. `reason` is one line, or empty:
  /// what it waits for ("Resources"), or how it ended where that was not by itself ("killed by
  /// SIGKILL", "NODE_FAIL"). The text is copied.
  virtual void set(std::size_t worker, WorkerState state, std::string_view reason) = 0;

 protected:
  ~WorkerStates() = default;
};

/// Describes the place where workers run, as far as the host must know it.
struct LaunchPlace {
  /// The workers compute on this machine: the host shares out its cores among them.
  bool is_this_machine = true;
  /// The workers go on when this process ends or the launcher is destroyed. If not, both end them.
  bool outlasts_this_process = false;
  /// The number of cores that each worker gets there, if the launcher decides it. 0: the host does.
  std::int64_t cores = 0;
  /// The seconds that must pass between two calls of look(): 0 to 3600.
  double look_every = 0.05;
};

class Launcher {
 public:
  static constexpr Kind kind = Kind::launcher;
  /// Ends the workers that do not outlast this process, and waits for their end.
  virtual ~Launcher() = default;

  /// Returns the same each time.
  virtual LaunchPlace place() const = 0;

  /// Starts the workers, and adds the id of each. Throws Error if not all can be started; those
  /// that were added stay. What cannot be known at once (a program that is missing on the other
  /// machine) is told by look() later, as a worker that has ended.
  virtual void launch(const Work& work, WorkerIds& started) = 0;

  /// Tells the states of workers, by their ids; the host asks for many at once. An id may be of a
  /// worker that another object started, of one that ended long ago, or of none at all: its state
  /// is ended or unknown then, and never running. Throws Error if nobody can be asked.
  virtual void look(std::span<const std::string_view> ids, WorkerStates& states) = 0;

  /// Sends a signal to the workers, and does not wait for its effect. SIGINT or SIGTERM ask: the
  /// worker lets its run save its state, and ends; one that waits for its turn loses it. SIGKILL
  /// ends it at once, and all that the launcher started around it (shells, connections). Passes
  /// over those that are not there.
  virtual void stop(std::span<const std::string_view> ids, int signal) = 0;

  /// Adds the workers of the launch of this name that are alive. The host asks where a launch ended
  /// before it could say what it had started: the process was killed, or a cluster took the job
  /// and reported an error. A launcher that cannot tell adds none.
  virtual void find(std::string_view /*name*/, WorkerIds& /*found*/) {}

  /// Returns descriptors of which one becomes readable (poll) when a worker of this object ends,
  /// and that are not readable before. They are the launcher's, and valid until the next call of
  /// any function. With them the host calls look() at once; without any it does so from time to
  /// time.
  virtual std::span<const int> end_events() { return {}; }
};

}  // namespace assay
