// An array in an IDX file, the format of MNIST: two zero bytes, the type of the elements, the
// number of dimensions, each dimension as a big-endian uint32, and then the elements, big-endian,
// the last index running fastest (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of
// handwritten digits").
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace idx {

enum class Type : std::uint8_t { uint8 = 0x08, int8, int16 = 0x0B, int32, float32, float64 };

/// "uint8"
std::string name_of(Type type);

struct File {
  std::string path;  ///< as found: with .gz, or without
  Type type{};
  std::vector<std::int64_t> dimensions;  ///< at least one; none is 0
  std::vector<std::byte> data;           ///< the elements as in the file

  std::int64_t rows() const { return dimensions.front(); }
  /// Returns the number of elements of one row.
  std::int64_t elements() const;

  /// Elements from `first` on, of a file of uint8 or float32.
  void read(std::size_t first, std::span<float> out) const;
  /// The first row with an element that is NaN or infinite, of a file of uint8 or float32.
  std::optional<std::int64_t> row_not_finite() const;
  /// One element of a file of uint8 or int32.
  std::int32_t int32_at(std::size_t index) const;
};

/// Reads the file, or the one with .gz behind its name or without it if that is the one that
/// exists. Throws assay::Error, with the path, for what is no such file, is shorter or longer than
/// its header says, is damaged or goes on behind its compressed data, or whose data is larger than
/// `most_bytes`.
File read(const std::string& path, std::uint64_t most_bytes);

}  // namespace idx
