// The workers of a batch (`assay work`), started, watched and stopped through a launcher
// (assay/launcher.h).
//
// Workers that outlast this process are kept in workers.json in the batch's folder, so that another
// process finds them again. A launch is written there before it is made, and the ids of its workers
// after it, so none is lost in between.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "assay/launcher.h"
#include "runner/batch/batch.h"
#include "runner/plugin_host/component.h"

namespace assay::batch {

/// The workers that a batch is to have.
struct WantedWorkers {
  std::int64_t count = 1;
  std::vector<std::string> arguments;    ///< of this program
  std::vector<std::string> environment;  ///< NAME=VALUE, beside what there is
  WorkerNeeds each;
};

class Workers {
 public:
  /// Is told what a user should know and what does not end the batch, one line each.
  using Warn = std::function<void(const std::string& text)>;

  /// `chosen` is how the launcher was chosen (launcher_choice.h); empty if it was not. Borrows the
  /// batch. Throws ComponentError, or assay::Error if what the launcher says of itself is wrong.
  Workers(const Batch& batch, plugin_host::Handle<Launcher> launcher,
          std::vector<std::string> chosen, Warn warn);

  const std::string& launcher() const { return launcher_.name(); }
  /// Returns what the launcher says of itself.
  const LaunchPlace& place() const { return place_; }

  /// Takes up the workers of earlier processes that are still alive. Throws assay::Error or
  /// ComponentError if the launcher cannot be asked which are.
  void take_up();
  /// Starts as many as are missing. Throws if there are none at all then; if there are some, it
  /// warns.
  void start(const WantedWorkers& wanted);
  /// Returns the number of workers that were taken up and started.
  std::size_t size() const { return workers_.size(); }

  /// Waits for at most that long. Returns true if all workers have ended. One that nobody knows
  /// anything of counts as ended after ten minutes.
  bool wait(std::chrono::milliseconds most);
  /// Sends a signal to all of them.
  void stop(int signal);

 private:
  using Clock = std::chrono::steady_clock;
  struct Worker {
    std::string id;
    WorkerState state = WorkerState::waiting;
    std::string reason = {};
    Clock::time_point known = Clock::now();  // when its state was known last
  };
  struct Launch {
    std::string name;
    bool is_noted = false;  // its workers are known
    std::vector<std::string> ids;
  };

  void read();
  void write() const;
  void launch(const WantedWorkers& wanted, std::int64_t count);
  void add(const std::vector<std::string>& ids);
  bool wait_for_end(std::chrono::milliseconds most);
  void look();
  std::vector<std::string> found(const std::string& name);

  const Batch& batch_;
  plugin_host::Handle<Launcher> launcher_;
  std::vector<std::string> chosen_;
  Warn warn_;
  LaunchPlace place_;
  std::vector<Launch> launches_;
  std::vector<Worker> workers_;
  Clock::time_point next_look_ = {};
  bool is_asked_to_stop_ = false;
  bool cannot_be_asked_ = false;  // the launcher, for the states; told once
};

/// Returns how the launcher of a batch was chosen when it ran last. Empty: it was not. Throws
/// assay::Error for a damaged file.
std::vector<std::string> last_choice_of_launcher(const Batch& batch);

}  // namespace assay::batch
