// The folder of one run. It is created once, and locked while the run writes to it.
//
//   plan.yaml      what was run; running it repeats the run
//   config.yaml    the config as written (copy_config)
//   config/        all its files, if there are several
//   data.json      the form of its data (data_form.h)
//   run.json       state, times, host, versions, plugins, seeds, digests (run_record.h)
//   log.txt        how it began and ended, and what failed (run_log.h)
//   checkpoints/   the state of the run, and its weights (checkpoints.h)
//   images/        pictures, if asked for
// The loggers may create further files. All files are written through the folder that was created,
// even if it is renamed.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/error.h"
#include "runner/base/folder.h"
#include "runner/config/source.h"

namespace assay::run {

/// Reports that the run folder of the config cannot be created.
class RunDirError : public Error {
 public:
  using Error::Error;
};

class RunFolder {
 public:
  /// Creates the folder that the template names, with ${now:...} as of `start`. If the folder
  /// exists, a fixed name is an error, and a name with ${now:...} gets a suffix "-2", "-3", ...
  /// Throws RunDirError, or assay::Error if the disk and not the name is to blame.
  static RunFolder create(const std::string& name_template,
                          std::chrono::system_clock::time_point start);

  /// Throws the exceptions of create() that can be predicted: the name is fixed and exists, or this
  /// user cannot create a folder there. Creates nothing.
  static void check(const std::string& name_template, std::chrono::system_clock::time_point start);

  /// Opens the folder of a run that no process runs any more, and takes its lock. Throws
  /// assay::Error if there is no such folder, if another process writes to it, or if this user may
  /// not.
  static RunFolder open(const std::filesystem::path& path);

  /// Removes what a process that was killed left, from the folder of a run that nobody runs. Does
  /// nothing where that is not allowed.
  static void clean(const std::filesystem::path& path) noexcept;

  /// Reverts create(): removes the folder with all its content, and the folders above it that
  /// create() created and that contain nothing else.
  void remove() noexcept;

  const base::Folder& folder() const { return folder_; }
  /// Returns the path under which the folder was created.
  const std::filesystem::path& path() const { return folder_.path(); }
  /// Returns false on a file system without locks, where it is unknown if this run is still alive.
  bool locked() const { return locked_; }

  /// A file to write: the folder that contains it, and its name there.
  struct File {
    base::Folder folder;
    std::string name;
  };
  /// Returns images/NAME and creates the folder. In NAME, '_' replaces blanks and characters that a
  /// file name cannot contain; a long name is cut; "-2", "-3", ... is added to a name that was
  /// returned before. Files that an unfinished run left are overwritten, since the resumed run
  /// draws the same. Throws assay::Error, as does checkpoint().
  File image(std::string_view name);
  /// Returns the names in images/ that image() returned.
  const std::set<std::string>& images() const { return images_; }
  /// Removes files from images/. Throws assay::Error; a missing file is not an error.
  void remove_images(std::span<const std::string> names) const;
  /// Returns checkpoints/step_N.safetensors and creates the folder.
  File checkpoint(std::int64_t step) const;
  /// Returns checkpoints/NAME.safetensors and creates the folder.
  File checkpoint(std::string_view name) const;
  /// Removes temporary files that were left by a killed process (base/atomic_file.h). Does nothing
  /// without the lock.
  void remove_leftovers() const noexcept;

 private:
  RunFolder(base::Folder folder, std::vector<std::filesystem::path> made_above);

  base::Folder folder_;  ///< holds the lock
  bool locked_ = false;
  std::vector<std::filesystem::path> made_above_;  ///< outermost first
  std::set<std::string> images_;                   ///< names that image() returned
};

/// Returns "step_N.safetensors".
std::string checkpoint_name(std::int64_t step);
/// Returns the steps of all checkpoints/step_N.safetensors of a run folder, the last step first.
std::vector<std::int64_t> checkpoint_steps(const base::Folder& run_folder);
/// Returns the names, as RunFolder::checkpoint() takes them, of all other checkpoints.
std::vector<std::string> named_checkpoints(const base::Folder& run_folder);

/// The state of a run folder's lock. A run holds the lock as long as it lives, and the system
/// releases it however the run ends.
enum class Lock { held, free, unknown };
/// Returns the state of a run folder's lock.
Lock lock_of(const std::filesystem::path& run_folder);

/// Returns the weights of the highest step in a run folder's checkpoints/.
std::optional<std::filesystem::path> last_checkpoint(const std::filesystem::path& run_folder);

/// Writes config.yaml, the text of `config`. If further files were read (files that it extends,
/// fragments), copies each into config/, at its place below their common folder. Returns the
/// digests of what it wrote by the paths in the run folder. The files may not be on the disk yet.
/// Throws assay::Error.
std::map<std::string, std::string> copy_config(
    const base::Folder& run_folder, const config::Source& config,
    std::span<const std::shared_ptr<const config::Source>> files);

}  // namespace assay::run
