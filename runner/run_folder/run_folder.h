// The folder of one run: made once, locked while the run writes to it.
//
//   plan.yaml      what was run; running it repeats the run
//   config.yaml    the config as written
//   run.json       state, times, host, versions, plugins, seeds, digests (run_record.h)
//   log.txt        what the run said
//   checkpoints/   the weights (weights.h)
//   images/        pictures, where asked
// and whatever the loggers create.
#pragma once

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "runner/run_folder/append_file.h"

namespace assay::run_folder {

class RunFolder {
 public:
  /// Makes the folder that the template names, with ${now:...} as at `start`. A folder that exists
  /// is an error when the name is fixed; a name with ${now:...} in it gets a suffix "-2", "-3", ...
  /// Throws assay::Error.
  static RunFolder create(const std::string& name_template,
                          std::chrono::system_clock::time_point start);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file(std::string_view name) const { return path_ / name; }
  /// images/NAME with characters that a file name cannot hold replaced by '_'; makes the folder.
  /// Throws assay::Error, as does checkpoint().
  std::filesystem::path image(std::string_view name) const;
  /// checkpoints/step_N.safetensors; makes the folder.
  std::filesystem::path checkpoint(std::int64_t step) const;

 private:
  explicit RunFolder(std::filesystem::path path);

  std::filesystem::path path_;
  FileDescriptor lock_;
};

/// The weights of the highest step in a run folder's checkpoints/.
std::optional<std::filesystem::path> last_checkpoint(const std::filesystem::path& run_folder);

/// log.txt: a line with the time for everything that a run tells about itself. Any thread.
class RunLog {
 public:
  explicit RunLog(const std::filesystem::path& path) : file_(path) {}
  void write(std::string_view line);

 private:
  std::mutex mutex_;
  AppendFile file_;
};

}  // namespace assay::run_folder
