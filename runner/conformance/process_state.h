// What a process has only once, and a plugin therefore shares with the host and with all others:
// who changes it changes it for everybody.
#pragma once

#include <sys/types.h>

#include <array>
#include <csignal>
#include <string>

namespace assay::conformance {

/// As it is when this is made: working folder, umask, locales, the handlers of all signals that can
/// have one, and of the calling thread the blocked signals and whether it computes by default
/// rules.
class ProcessState {
 public:
  ProcessState();
  /// What is otherwise now: "the umask, the working folder (now /)". Empty: nothing.
  std::string changes() const;

 private:
  std::string folder_, c_locale_, stream_locale_;
  mode_t umask_;
  std::array<void (*)(int), NSIG> handlers_{};  // by number; none of those that the C library keeps
  sigset_t blocked_;
  bool default_rules_;
};

}  // namespace assay::conformance
