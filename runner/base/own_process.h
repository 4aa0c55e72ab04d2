// Another process of this program, which does a part of its work.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runner/base/file_descriptor.h"

namespace assay::base {

class OwnProcess {
 public:
  struct Setup {
    std::vector<std::string> arguments;
    /// A file that both output streams are appended to. If it is empty, they are the parent's.
    std::string output = {};
    bool has_own_group = false;                 ///< Ctrl-C at the terminal does not reach it
    std::vector<std::string> environment = {};  ///< NAME=VALUE, beside the parent's
    std::optional<std::int64_t> memory = {};    ///< the most bytes of address space
  };

  /// Starts it (posix_spawn of /proc/self/exe). It ends when the thread that started it ends, if it
  /// calls end_with_parent(). Throws assay::Error.
  explicit OwnProcess(const Setup& setup);
  OwnProcess(const OwnProcess&) = delete;
  OwnProcess& operator=(const OwnProcess&) = delete;
  /// Kills it if it is still there.
  ~OwnProcess();

  /// Waits that long for its end. Returns true if it has ended.
  bool wait(std::chrono::milliseconds time);
  void send(int signal) const;
  /// Returns its exit code after its end; nothing if a signal ended it.
  std::optional<int> exit_code() const;
  /// Returns the number of the signal that ended it, or 0.
  int ended_by() const;

 private:
  int pid_ = 0;
  int status_ = 0;
  bool has_ended_ = false;
  FileDescriptor handle_;  ///< becomes readable when the process ends
};

/// Returns the entry of the environment, NAME=VALUE, by which a child of this process knows that it
/// is one. OwnProcess adds it.
std::string parent_entry();

/// Makes this process end with its parent: SIGKILL comes when the thread that started it ends,
/// however that happens. Does nothing in a process without the parent_entry() of another.
void end_with_parent();

}  // namespace assay::base
