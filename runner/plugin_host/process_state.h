// Keeps what a process has only once, and a plugin therefore shares with the host and all others:
// code that changes it changes it for everybody.
#pragma once

#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <cfenv>
#include <csignal>
#include <exception>
#include <locale>
#include <map>
#include <string>

#include "runner/base/file_descriptor.h"
#include "runner/base/kept_descriptors.h"

namespace assay::plugin_host {

/// As it is when this is made: working folder, umask, environment, locales, resource limits,
/// standard descriptors, the handlers of all signals, whether an alarm is set, and what
/// std::terminate does. Of the calling thread: the blocked signals, the CPUs that it may run on,
/// and the floating-point mode.
class ProcessState {
 public:
  ProcessState();
  /// Returns what is otherwise now: "the umask (now 777), the working folder (now /)". Empty:
  /// nothing.
  std::string changes() const;
  /// Makes all of it what it was, as far as that can be done: a limit that was lowered may stay so.
  /// To be called while no other thread opens files.
  void restore() const;
  /// The same at any time. A standard descriptor that was closed, and whose number another file has
  /// got since, stays as it is.
  void restore_beside_open_files() const;

 private:
  void restore_all_but_descriptors() const;
  using Limits = std::array<rlimit, RLIMIT_NLIMITS>;

  base::FileDescriptor folder_;
  struct stat folder_identity_ {};
  mode_t umask_;
  std::map<std::string, std::string> environment_;
  std::string c_locale_;
  std::locale stream_locale_;
  Limits limits_{};
  base::KeptDescriptors descriptors_;
  std::array<struct sigaction, NSIG> actions_{};  // by number; none that the C library keeps
  std::array<bool, 3> armed_{};                   // timers, by ITIMER_REAL, ...
  std::terminate_handler terminate_;
  sigset_t blocked_{};
  cpu_set_t cpus_{};
  bool default_rules_;
  std::fenv_t floating_point_{};
};

/// Returns what to say of changes() that calls of components made, of which nobody knows the one.
std::string changed_by_calls(const std::string& changes);

/// The process has its state again when this ends.
class KeptProcessState {
 public:
  KeptProcessState() = default;
  KeptProcessState(const KeptProcessState&) = delete;
  KeptProcessState& operator=(const KeptProcessState&) = delete;
  ~KeptProcessState() {
    if (!restored_) state_.restore();
  }
  /// Restores it now, and returns what was changed, and what became of that: "the umask (now 777);
  /// this was undone". Empty: nothing was changed.
  std::string restore();

 private:
  ProcessState state_;
  bool restored_ = false;
};

}  // namespace assay::plugin_host
