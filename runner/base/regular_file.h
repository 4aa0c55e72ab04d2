// A regular file that is open for reading. It refuses a pipe, a device or a folder at once, and
// does not trust the size that a file reports.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "runner/base/file_descriptor.h"
#include "runner/base/folder.h"

namespace assay::base {

enum class FileKind { regular, folder, pipe, socket, device };

struct OpenedFile {
  FileDescriptor descriptor;  ///< of a regular file that could be opened; else of none
  FileKind kind = FileKind::regular;
  std::uint64_t size = 0;  ///< in bytes, as the file says
  int error = 0;           ///< errno of what failed; 0: nothing
};

/// Opens a regular file for reading. For anything else it only returns the kind: it neither opens
/// it, which may affect a device, nor waits for it. Throws nothing.
OpenedFile open_regular_file(const std::string& path);

class RegularFile {
 public:
  /// Opens the file. Throws assay::Error, with the path, if that fails or if the file is not a
  /// regular file.
  explicit RegularFile(const std::filesystem::path& path);
  /// Opens the file `name` of a folder, even if the folder was renamed. Throws as above.
  RegularFile(const Folder& folder, std::string_view name);

  const std::string& path() const { return path_; }
  int descriptor() const { return file_.get(); }
  /// Returns its size in bytes when it was opened.
  std::uint64_t size() const { return size_; }

  /// Returns the whole text of the file. Throws assay::Error if it has more than `most` bytes.
  std::string text(std::uint64_t most) const;
  /// Fills `out` with the bytes that begin at `offset`. Throws assay::Error if there are fewer.
  void read(std::uint64_t offset, std::span<std::byte> out) const;

 private:
  void take(OpenedFile opened);

  std::string path_;
  FileDescriptor file_;
  std::uint64_t size_ = 0;
};

}  // namespace assay::base
