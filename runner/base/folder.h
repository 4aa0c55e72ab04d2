// A folder that is held open. What is written into it lands in this folder and in no other, even
// when it is renamed meanwhile and another one takes its name.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "runner/base/file_descriptor.h"

namespace assay::base {

class Folder {
 public:
  /// Opens a folder that exists. Throws assay::Error.
  explicit Folder(std::filesystem::path path);

  /// Opens the folder of this name within, and makes it first where there is none. A symbolic link
  /// is not followed: it is an error. Throws assay::Error.
  Folder subfolder(std::string_view name) const;

  /// Returns true when there is anything of this name within, a dangling link included. Throws
  /// assay::Error where that cannot be found out.
  bool has(std::string_view name) const;

  /// For the calls that end in "at": openat, renameat, unlinkat.
  int descriptor() const { return descriptor_.get(); }

  /// Returns the path by which the folder was opened.
  const std::filesystem::path& path() const { return path_; }
  /// Returns the path of the folder as it is called now; nothing when it was removed, or when the
  /// system does not tell.
  std::optional<std::filesystem::path> current_path() const;
  /// Returns the path of a file within, for messages: as the folder is called now, if that is
  /// known.
  std::string path_of(std::string_view name) const;

  /// Brings the names within to the disk. Throws assay::Error.
  void sync() const;

  /// Throws assay::Error that says what could not be done with the file `name` within, and why: the
  /// error number, or that the folder itself was removed.
  [[noreturn]] void fail(std::string_view name, std::string_view what, int error) const;

 private:
  Folder(std::filesystem::path path, FileDescriptor descriptor);

  std::filesystem::path path_;
  FileDescriptor descriptor_;
};

}  // namespace assay::base
