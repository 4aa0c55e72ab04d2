// log.txt: how the run began and ended, and what failed; every line with the time.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "runner/base/append_file.h"
#include "runner/base/folder.h"

namespace assay::run_folder {

/// May be used from any thread.
class RunLog {
 public:
  explicit RunLog(const base::Folder& run_folder) : file_(run_folder, "log.txt") {}

  /// Adds lines. Returns what went wrong, the first time that something does: the file lacks lines
  /// from then on, though it goes on with those that can be written.
  [[nodiscard]] std::optional<std::string> write(std::string_view text);
  /// Closes the file; nothing is written to it any more. Returns what went wrong, as write() does.
  [[nodiscard]] std::optional<std::string> finish();

 private:
  std::optional<std::string> told_once(const char* message);

  std::mutex mutex_;
  base::AppendFile file_;
  bool finished_ = false;
  bool told_ = false;
};

}  // namespace assay::run_folder
