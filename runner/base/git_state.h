// The git commit of the working folder, so that a run says which code and configs it came from.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "runner/base/file_descriptor.h"

namespace assay::base {

struct GitState {
  std::string commit;
  bool dirty = false;  ///< tracked files differ from the commit
};

/// Asks the installed git, in a process beside this one. Nothing waits for git but answer(). Git
/// has no terminal, asks nobody for anything, takes no locks, and is ended with this object.
class GitQuery {
 public:
  GitQuery();
  GitQuery(const GitQuery&) = delete;
  GitQuery& operator=(const GitQuery&) = delete;
  ~GitQuery();

  /// Returns git's answer. Waits for it until git has been running for `patience`. Returns nothing
  /// where there is no answer yet, no git, no repository or no commit.
  std::optional<GitState> answer(std::chrono::milliseconds patience);

  /// Ends git if it is still running.
  void end();

  /// Returns git's process and the group of it and what it started; 0 when it is not running.
  pid_t process() const { return pid_; }

  /// Says why there is no answer where there could have been one: git could not be started, or was
  /// ended before it answered. Empty otherwise.
  const std::string& problem() const { return problem_; }

 private:
  bool is_running() const { return pid_ > 0; }
  bool reap(bool wait);
  void read();
  void conclude(bool is_whole);

  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  pid_t pid_ = 0;  ///< 0: it is not running
  int status_ = 0;
  FileDescriptor output_;
  bool open_ = false;  ///< git may still write to `output_`
  std::string text_;
  std::optional<GitState> state_;
  std::string problem_;
};

}  // namespace assay::base
