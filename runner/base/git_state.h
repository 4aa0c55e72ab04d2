// The git commit of the working folder, which records the code and configs that a run came from.
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

/// Returns NAME=VALUE for the environment of another process in this folder. A GitQuery there gives
/// this answer without asking git.
std::string environment_entry(const std::optional<GitState>& answer);

/// Runs the installed git in a separate process, unless the environment has its answer. Only
/// answer() waits for git. Git has no terminal, asks for no input and takes no locks. The
/// destructor ends it.
class GitQuery {
 public:
  /// The time that whoever needs the answer waits for it.
  static constexpr std::chrono::seconds usual_patience{1};

  GitQuery();
  GitQuery(const GitQuery&) = delete;
  GitQuery& operator=(const GitQuery&) = delete;
  ~GitQuery();

  /// Returns git's answer. Waits until git has been running for `patience`. Returns nothing if
  /// there is no answer yet, no git, no repository or no commit.
  std::optional<GitState> answer(std::chrono::milliseconds patience);

  /// Ends git if it is still running.
  void end();

  /// Returns the process id of git, which is also the id of its process group; 0 if git is not
  /// running.
  pid_t process() const { return pid_; }

  /// Returns the reason for a missing answer: git could not be started, or it was ended before it
  /// answered. Empty otherwise.
  const std::string& problem() const { return problem_; }

 private:
  bool is_running() const { return pid_ > 0; }
  bool reap(bool wait);
  void read();
  void conclude(bool is_whole);

  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  pid_t pid_ = 0;  ///< 0 if git is not running
  int status_ = 0;
  FileDescriptor output_;
  bool open_ = false;  ///< git may still write to `output_`
  std::string text_;
  std::optional<GitState> state_;
  std::string problem_;
};

}  // namespace assay::base
