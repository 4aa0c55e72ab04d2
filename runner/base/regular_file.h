// A file that is open for reading, whatever lies at its path: a pipe, a device or a folder is
// refused at once, and nothing is believed of the size that a file claims to have.
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
  /// Opens the file. Throws assay::Error, with the path, where that fails or where it is no regular
  /// file.
  explicit RegularFile(const std::filesystem::path& path);

  const std::string& path() const { return path_; }
  /// Its size in bytes when it was opened.
  std::uint64_t size() const { return size_; }

  /// Fills `out` with the bytes that begin at `offset`. Throws assay::Error where there are fewer.
  void read(std::uint64_t offset, std::span<std::byte> out) const;

 private:
  std::string path_;
  FileDescriptor file_;
  std::uint64_t size_ = 0;
};

}  // namespace assay::base
