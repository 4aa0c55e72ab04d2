// log.txt: how the run began and ended, and what failed. Every line starts with the time.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "runner/base/append_file.h"
#include "runner/base/folder.h"

namespace assay::run {

/// May be used from any thread.
class RunLog {
 public:
  /// Appends to the file if there is one. Throws assay::Error.
  explicit RunLog(const base::Folder& run_folder);

  /// Adds lines. Returns the problem the first time that something fails. The file then lacks these
  /// lines, but later lines are still written if possible.
  [[nodiscard]] std::optional<std::string> write(std::string_view text);
  /// Closes the file; nothing more is written to it. Returns a problem like write().
  [[nodiscard]] std::optional<std::string> finish();

 private:
  std::optional<std::string> told_once(const char* message);

  std::mutex mutex_;
  base::AppendFile file_;
  bool finished_ = false;
  bool told_ = false;
};

}  // namespace assay::run
