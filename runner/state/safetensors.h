// Named tensors in a file of the safetensors format (https://github.com/huggingface/safetensors):
// an 8-byte little-endian header size, a JSON header, the numbers. Python reads such files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "assay/tensor.h"
#include "runner/base/atomic_file.h"
#include "runner/base/folder.h"
#include "runner/base/regular_file.h"
#include "runner/state/safetensors_header.h"

namespace assay::state {

/// A tensor in memory that somebody else owns. It has as many bytes as its type and shape say,
/// row-major.
struct NamedTensor {
  std::string name;
  DType type = DType::float32;
  Shape shape;
  std::span<const std::byte> bytes;
};

/// Returns the tensor of these values, which are borrowed.
template <class T>
NamedTensor named_tensor(std::string name, const Shape& shape, std::span<T> values) {
  return {std::move(name), dtype_of<T>(), shape, std::as_bytes(values)};
}

/// Writes the file atomically (base/atomic_file.h), directly from memory: it makes no copy of the
/// values. Tensors of wide types come first, so that each lies at a multiple of its type's size, as
/// readers of the format expect. The metadata gets an entry `checksum`: the XXH3-128 of all bytes
/// of the file, with zeros in the place of the checksum's own digits. Throws assay::Error, also for
/// names that a reader would refuse.
void write_safetensors(const base::Folder& folder, std::string_view name,
                       std::span<const NamedTensor> tensors,
                       std::map<std::string, std::string> metadata,
                       base::Sync sync = base::Sync::now);

/// The tensors in a file. The header is read when the file is opened, the numbers when they are
/// requested.
class StoredTensors {
 public:
  /// Throws assay::Error that says what is wrong with the file, whatever is at this path.
  explicit StoredTensors(const std::filesystem::path& path,
                         OtherTypes other_types = OtherTypes::refused)
      : StoredTensors(base::RegularFile(path), other_types) {}
  /// Does the same for a file of a folder.
  StoredTensors(const base::Folder& folder, std::string_view name)
      : StoredTensors(base::RegularFile(folder, std::string(name)), OtherTypes::refused) {}

  const SafetensorsHeader& header() const { return header_; }
  const std::string& path() const { return file_.path(); }

  /// Reads the numbers of a tensor of the header. `bytes` has as many bytes as the tensor. Throws
  /// assay::Error.
  void read(const SafetensorsHeader::Tensor& tensor, std::span<std::byte> bytes) const;
  /// Reads the numbers of the tensor of this name as float32; those of F64 are rounded. `values`
  /// has as many elements as the tensor. Throws assay::Error, also for tensors that are not of the
  /// types F32, F64, F16 or BF16.
  void read_floats(const std::string& name, std::span<float> values) const;

  /// Reads the whole file and compares it with its checksum, the first time that it is called.
  /// Throws assay::Error if it is damaged. Returns false if the file has no checksum: other
  /// programs write none.
  bool verify() const;
  /// Returns the digest of all bytes of the file (base/digest.h).
  std::string content_digest() const;

 private:
  StoredTensors(base::RegularFile file, OtherTypes other_types);

  base::RegularFile file_;
  std::string header_text_;
  std::uint64_t data_begin_ = 0;
  SafetensorsHeader header_;
  mutable bool is_whole_ = false;  ///< verify() found so
};

/// Returns XXH3-128 over names, shapes and bytes, as 32 hexadecimal digits: two runs with the same
/// digest ended with the same weights to the last bit.
std::string digest(std::span<const NamedTensor> tensors);

}  // namespace assay::state
