// A folder that is held open. All writes go to this folder, even if it is renamed and another
// folder takes its name.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "runner/base/file_descriptor.h"

namespace assay::base {

class Folder {
 public:
  /// Opens an existing folder. Throws assay::Error.
  explicit Folder(std::filesystem::path path);

  /// Opens the subfolder of this name and creates it if it does not exist. Does not follow a
  /// symbolic link: that is an error. Throws assay::Error.
  Folder subfolder(std::string_view name) const;
  /// Opens the subfolder of this name, as subfolder() does, but creates none. Throws assay::Error.
  Folder existing_subfolder(std::string_view name) const;

  /// Returns true if the folder has an entry of this name; a dangling link counts. Throws
  /// assay::Error if that cannot be determined.
  bool has(std::string_view name) const;

  /// Returns the descriptor for the calls that end in "at": openat, renameat, unlinkat.
  int descriptor() const { return descriptor_.get(); }

  /// Returns the path by which the folder was opened.
  const std::filesystem::path& path() const { return path_; }
  /// Returns the current path of the folder; nothing if the folder was removed or the system does
  /// not report its path.
  std::optional<std::filesystem::path> current_path() const;
  /// Returns the path of a file in the folder, for messages. Uses the current path of the folder if
  /// it is known.
  std::string path_of(std::string_view name) const;

  /// Flushes the folder's entries to the disk. Throws assay::Error.
  void sync() const;

  /// Throws assay::Error that says what failed for the file `name` in the folder, and why: the
  /// error number, or that the folder itself was removed.
  [[noreturn]] void fail(std::string_view name, std::string_view what, int error) const;

 private:
  Folder(std::filesystem::path path, FileDescriptor descriptor);

  std::filesystem::path path_;
  FileDescriptor descriptor_;
};

}  // namespace assay::base
