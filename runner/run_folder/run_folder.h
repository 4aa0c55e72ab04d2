// The folder of one run: made once, locked while the run writes to it.
//
//   plan.yaml      what was run; running it repeats the run
//   config.yaml    the config as written (config_copy.h)
//   config/        all its files, where it is made of several
//   run.json       state, times, host, versions, plugins, seeds, digests (run_record.h)
//   log.txt        how it began and ended, and what failed (run_log.h)
//   checkpoints/   the weights (weights.h)
//   images/        pictures, where asked
// and whatever the loggers create. All of it is written through the folder that was made, whatever
// that is called by then.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/error.h"
#include "runner/base/folder.h"

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

  const base::Folder& folder() const { return folder_; }
  /// Returns the path under which the folder was made.
  const std::filesystem::path& path() const { return folder_.path(); }
  /// Returns false on a file system without locks, where nobody can tell whether this run still
  /// lives.
  bool locked() const { return locked_; }

  /// A file that is to be written: the folder that it lies in, and its name there.
  struct File {
    base::Folder folder;
    std::string name;
  };
  /// Returns images/NAME with blanks, and characters that a file name cannot hold, replaced by '_',
  /// cut where it is too long, and with "-2", "-3", ... where there is one of this name; makes the
  /// folder. Throws assay::Error, as does checkpoint().
  File image(std::string_view name) const;
  /// Returns checkpoints/step_N.safetensors; makes the folder.
  File checkpoint(std::int64_t step) const;

 private:
  RunFolder(base::Folder folder, std::vector<std::filesystem::path> made_above);

  base::Folder folder_;  ///< holds the lock
  bool locked_ = false;
  std::vector<std::filesystem::path> made_above_;  ///< outermost first
};

/// Says whether a run folder is being written to: the lock is held as long as the run lives, and
/// the system frees it however the run ends.
enum class Lock { held, free, unknown };
/// Looks at the lock of a run folder.
Lock lock_of(const std::filesystem::path& run_folder);

/// Returns the weights of the highest step in a run folder's checkpoints/.
std::optional<std::filesystem::path> last_checkpoint(const std::filesystem::path& run_folder);

}  // namespace assay::run_folder
