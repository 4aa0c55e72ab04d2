// A separate process for code that may crash. It reports its progress in lines on a pipe. Its
// output is kept. The destructor ends it and everything that it started.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "runner/base/file_descriptor.h"
#include "runner/base/orphans.h"

namespace assay::base {

/// The descriptor of the pipe in the child.
inline constexpr int report_descriptor = 3;

class ChildProcess {
 public:
  /// Runs this program with these arguments (posix_spawn of /proc/self/exe). Only one may exist at
  /// a time, and no other child beside it (orphans.h). Throws assay::Error.
  explicit ChildProcess(const std::vector<std::string>& arguments);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  /// Returns the next line of its report, or a piece of a line that is too long. Returns nothing if
  /// the child has ended, or has been silent for `patience`. It does not matter if other processes
  /// still hold the report open.
  std::optional<std::string> next_line(std::chrono::duration<double> patience);

  /// Waits that long for the child to end, and then ends it. Call it when no more lines come.
  /// Returns an empty text if it ended properly, else how it ended: "killed by SIGSEGV", "called
  /// exit(3)", "it did not answer for 20 s", "it left 2 processes behind, which were ended".
  std::string end(std::chrono::duration<double> patience);

  /// Returns its exit code once it has ended by itself; nothing if a signal ended it.
  std::optional<int> exit_code() const;

  /// Returns the end of its output, both streams.
  const std::string& output() const { return output_; }

 private:
  bool has_ended();
  bool read_within(std::chrono::milliseconds time);
  void kill_and_reap();

  Orphans orphans_;
  pid_t pid_ = 0;
  bool running_ = true;
  int status_ = 0;
  std::size_t left_behind_ = 0;  // processes
  FileDescriptor report_, printed_;
  bool report_open_ = true, printed_open_ = true;
  std::string lines_, output_;
};

/// Returns "SIGSEGV", or "signal 99" for a number without a name.
std::string signal_name(int number);

/// Restricts the child; it calls this first. The child then ends with its parent, leaves no core
/// file, and gets at most this many bytes of memory (unless a sanitizer needs all of it).
void restrict_this_process(std::size_t most_bytes);

}  // namespace assay::base
