// Named float32 tensors in the safetensors format (https://github.com/huggingface/safetensors): an
// 8-byte little-endian header size, a JSON header, the numbers. Readable from Python.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "assay/tensor.h"
#include "runner/base/folder.h"
#include "runner/base/regular_file.h"
#include "runner/run_folder/safetensors_header.h"

namespace assay::run_folder {

struct NamedTensor {
  std::string name;
  Shape shape;
  std::span<const float> values;  ///< row-major
};

/// Writes the file atomically (atomic_file.h), directly from the values: it needs no memory for a
/// copy. Throws assay::Error.
void write_weights(const base::Folder& folder, std::string_view name,
                   std::span<const NamedTensor> tensors,
                   const std::map<std::string, std::string>& metadata);
void write_weights(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                   const std::map<std::string, std::string>& metadata);

/// The weights in a file. The header is read when the file is opened, the numbers on request.
class StoredWeights {
 public:
  /// Opens the file. Throws assay::Error that says what is wrong with the file, whatever it is.
  explicit StoredWeights(const std::filesystem::path& path);

  const SafetensorsHeader& header() const { return header_; }
  /// Reads the numbers of a tensor in the header. `values` must have as many elements as its shape.
  void read(const SafetensorsHeader::Tensor& tensor, std::span<float> values) const;

 private:
  base::RegularFile file_;
  std::uint64_t data_begin_ = 0;
  SafetensorsHeader header_;
};

/// Returns the XXH3-128 of names, shapes and bytes, as 32 hexadecimal digits. Two runs with the
/// same digest ended with the same weights to the last bit.
std::string digest(std::span<const NamedTensor> tensors);
/// Returns the digest of the bytes of a file (config/digest.h), or nothing if it cannot be read.
std::string file_digest(const std::filesystem::path& path);

}  // namespace assay::run_folder
