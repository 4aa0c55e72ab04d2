// One array in a .npy file, mapped into memory. The format: NumPy's documentation of
// numpy.lib.format, versions 1.0 to 3.0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace assay::npy {

class File {
 public:
  /// Opens the file. Throws Error, with the path, if the file cannot be read, is not a .npy file,
  /// has less data than its header says, or has an array that is not in C order (the last index
  /// running fastest).
  explicit File(const std::filesystem::path& path);
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();

  const std::string& path() const { return path_; }
  /// Returns the type as NumPy writes it: "<f4", "|u1", ...
  const std::string& type() const { return type_; }
  /// Returns the dimensions, outermost first.
  const std::vector<std::int64_t>& dimensions() const { return dimensions_; }
  /// Returns all elements, each with the number of bytes in type(). Valid as long as this object.
  std::span<const std::byte> data() const { return data_; }

 private:
  void map();
  void read_header();

  std::string path_;
  std::span<const std::byte> mapped_;
  std::string type_;
  std::vector<std::int64_t> dimensions_;
  std::span<const std::byte> data_;
};

}  // namespace assay::npy
