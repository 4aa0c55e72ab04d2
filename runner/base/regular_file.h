// A regular file that is open for reading. It refuses a pipe, a device or a folder at once, and
// does not trust the size that a file reports.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

#include "runner/base/file_descriptor.h"

namespace assay::base {

class RegularFile {
 public:
  /// Opens the file. Throws assay::Error, with the path, if that fails or if the file is not a
  /// regular file.
  explicit RegularFile(const std::filesystem::path& path);

  const std::string& path() const { return path_; }
  /// Returns its size in bytes when it was opened.
  std::uint64_t size() const { return size_; }

  /// Fills `out` with the bytes from `offset` on. Throws assay::Error if there are fewer.
  void read(std::uint64_t offset, std::span<std::byte> out) const;

 private:
  std::string path_;
  FileDescriptor file_;
  std::uint64_t size_ = 0;
};

}  // namespace assay::base
