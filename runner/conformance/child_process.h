// A process of its own for what may end badly. It tells how far it got in lines on a pipe; what it
// prints is kept; it and all that it starts are gone when the object is.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "runner/base/file_descriptor.h"
#include "runner/conformance/orphans.h"

namespace assay::conformance {

/// Where the child finds the pipe for its lines.
inline constexpr int report_descriptor = 3;
/// What it exits with when that was closed under it.
inline constexpr int exit_without_report = 117;

class ChildProcess {
 public:
  /// Runs this program with these arguments (posix_spawn of /proc/self/exe). One at a time, and no
  /// other child beside it (orphans.h). Throws assay::Error.
  explicit ChildProcess(const std::vector<std::string>& arguments);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  /// The next line of its report, or a piece of one that is too long. Nothing: it has ended, or
  /// said nothing for that long. Who else holds the report open, and what is in the way, does not
  /// count.
  std::optional<std::string> next_line(std::chrono::duration<double> patience);

  /// To be called when no line comes any more: waits for its end that long, and ends it then.
  /// Empty where it ended in order; else how: "killed by SIGSEGV", "called exit(3)", "it did not
  /// answer for 20 s", "it left 2 processes behind, which were ended".
  std::string end(std::chrono::duration<double> patience);

  /// The end of what it printed, both streams.
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
  base::FileDescriptor report_, printed_;
  bool report_open_ = true, printed_open_ = true;
  std::string lines_, output_;
};

/// What a child does first: it ends with its parent, leaves no core file, and gets no more than so
/// many bytes of memory (where no sanitizer needs all of it).
void restrict_this_process(std::size_t most_bytes);

}  // namespace assay::conformance
