// Protects the state that a process has only once. A plugin shares it with the host and all other
// plugins: code that changes it changes it for all of them.
#pragma once

#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <cfenv>
#include <csignal>
#include <exception>
#include <locale>
#include <string>

#include "runner/base/file_descriptor.h"
#include "runner/base/standard_descriptors.h"

namespace assay::plugin_host {

/// Stores the state at construction: working folder, umask, environment, locales, resource limits,
/// standard descriptors, the handlers of all signals, active alarms, and the handler of
/// std::terminate. For the calling thread it also stores the blocked signals, the CPUs that it may
/// run on, and the floating-point mode.
class ProcessState {
 public:
  ProcessState();
  /// Returns the changes since then: "the umask (now 777), the working folder (now /)". Empty if
  /// there are none.
  std::string changes() const;
  /// Restores everything as far as possible: a limit that was lowered may stay lowered. Call it
  /// only while no other thread opens files.
  void restore() const;
  /// Restores the state while other threads may open files. A closed standard descriptor stays as
  /// it is if another file has its number.
  void restore_beside_open_files() const;
  /// Restores the floating-point environment alone, with the flags of exceptions, which are not
  /// among the changes.
  void restore_floating_point() const;

 private:
  void restore_all_but_descriptors() const;
  using Limits = std::array<rlimit, RLIMIT_NLIMITS>;

  base::FileDescriptor folder_;
  struct stat folder_identity_ {};
  mode_t umask_ = 0;
  std::string environment_;  // all variables, each with a zero byte behind it
  std::string c_locale_;
  std::locale stream_locale_;
  Limits limits_{};
  base::KeptDescriptors descriptors_;
  std::array<struct sigaction, NSIG> actions_{};  // by number
  std::array<bool, 3> armed_{};                   // timers, by ITIMER_REAL, ...
  std::terminate_handler terminate_;
  sigset_t blocked_{};
  cpu_set_t cpus_{};
  bool default_rules_;
  std::fenv_t floating_point_{};
};

/// Returns the message about changes() that calls of components made. No particular call is known.
std::string changed_by_calls(const std::string& changes);

/// Restores the process's state on destruction.
class KeptProcessState {
 public:
  KeptProcessState() = default;
  KeptProcessState(const KeptProcessState&) = delete;
  KeptProcessState& operator=(const KeptProcessState&) = delete;
  ~KeptProcessState() {
    if (!restored_) state_.restore();
  }
  /// Restores it now. Returns what had changed, and what was done about it: "the umask (now 777);
  /// this was undone". Empty if nothing had changed.
  std::string restore();

 private:
  ProcessState state_;
  bool restored_ = false;
};

}  // namespace assay::plugin_host
