// The folder of one run: made once, locked while the run writes to it.
//
//   plan.yaml      what was run; running it repeats the run
//   config.yaml    the config as written (config_copy.h)
//   config/        all its files, where it is made of several
//   run.json       state, times, host, versions, plugins, seeds, digests (run_record.h)
//   log.txt        how it began and ended, and what failed
//   checkpoints/   the weights (weights.h)
//   images/        pictures, where asked
// and whatever the loggers create.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/error.h"
#include "runner/base/append_file.h"
#include "runner/base/file_descriptor.h"

namespace assay::run_folder {

/// The config asks for a run folder that cannot be had.
class RunDirError : public Error {
 public:
  using Error::Error;
};

class RunFolder {
 public:
  /// Makes the folder that the template names, with ${now:...} as at `start`. A folder that exists
  /// is an error when the name is fixed; a name with ${now:...} in it gets a suffix "-2", "-3", ...
  /// Throws RunDirError, and assay::Error where not the name but the disk is to blame.
  static RunFolder create(const std::string& name_template,
                          std::chrono::system_clock::time_point start);

  /// Throws what create() would throw where that can be known beforehand: the name is fixed and
  /// exists, or this user cannot make a folder there. Makes nothing.
  static void check(const std::string& name_template, std::chrono::system_clock::time_point start);

  /// Takes back create(): the folder with all in it, and those above it that create() made and that
  /// hold nothing else.
  void remove() noexcept;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file(std::string_view name) const { return path_ / name; }
  /// images/NAME with blanks, and characters that a file name cannot hold, replaced by '_', cut
  /// where it is too long, and with "-2", "-3", ... where there is one of this name; makes the
  /// folder. Throws assay::Error, as does checkpoint().
  std::filesystem::path image(std::string_view name) const;
  /// checkpoints/step_N.safetensors; makes the folder.
  std::filesystem::path checkpoint(std::int64_t step) const;

 private:
  RunFolder(std::filesystem::path path, std::vector<std::filesystem::path> made_above);

  std::filesystem::path path_;
  std::vector<std::filesystem::path> made_above_;  ///< outermost first
  base::FileDescriptor lock_;
};

/// The weights of the highest step in a run folder's checkpoints/.
std::optional<std::filesystem::path> last_checkpoint(const std::filesystem::path& run_folder);

/// log.txt: how the run began and ended, and what failed; every line with the time. Any thread.
class RunLog {
 public:
  explicit RunLog(const std::filesystem::path& path)
      : file_(base::Folder(path.parent_path()), path.filename().string()) {}
  void write(std::string_view text);

 private:
  std::mutex mutex_;
  base::AppendFile file_;
};

}  // namespace assay::run_folder
