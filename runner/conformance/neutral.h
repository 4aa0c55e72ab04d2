// Neutral inputs: numbers and targets made from their shapes alone, and guarded memory in the form
// in which the host lends it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "assay/dataset.h"
#include "assay/tensor.h"
#include "runner/base/buffer.h"

namespace assay::conformance {

/// Returns numbers evenly spread over [-scale, scale), the same on every machine.
std::vector<float> spread(std::size_t count, std::uint64_t seed, float scale = 1);

/// Returns the seed for another set of numbers; set 0 has `seed` itself.
constexpr std::uint64_t seed_of(std::uint64_t seed, int set) {
  return seed + 1000 * static_cast<std::uint64_t>(set);
}

/// Returns sample shapes for components that may not accept all: the usual ones come first.
std::span<const Shape> sample_shapes();

/// Returns ten classes; one number; three numbers; two classes.
std::span<const Target> targets();
/// Returns "10 classes", "a number", "values of shape 3".
std::string described(const Target& target);
std::string described(const Shape& shape);

/// Targets of this many rows: classes in turn, or spread numbers.
class TargetRows {
 public:
  TargetRows(const Target& target, std::int64_t rows, std::uint64_t seed);
  /// Returns a view that is valid as long as this object.
  ConstTensorView view() const;
  ConstTensorView rows(std::int64_t first, std::int64_t count) const {
    return view().rows(first, count);
  }
  /// Returns true for the same numbers in the same number of rows.
  bool operator==(const TargetRows& other) const {
    return classes_ == other.classes_ && values_ == other.values_;
  }

 private:
  Target target_;
  std::int64_t rows_;
  std::vector<std::int32_t> classes_;
  std::vector<float> values_;
};

/// Memory as a component gets it: aligned to 64 bytes and full of NaN, with a pattern before and
/// after it.
class Lent {
 public:
  explicit Lent(std::size_t bytes);
  std::span<std::byte> bytes() const { return buffer_.bytes().subspan(guard, size_); }
  /// Returns all of it as elements of this type.
  template <class T>
  std::span<T> as() const {
    return {static_cast<T*>(static_cast<void*>(bytes().data())), size_ / sizeof(T)};
  }
  /// Returns true if nothing was written around it.
  bool intact() const;

 private:
  static constexpr std::size_t guard = 256;
  base::Buffer buffer_;
  std::size_t size_;
};

/// A matrix with gaps between its rows that no code may touch.
class LentMatrix {
 public:
  LentMatrix(std::int64_t rows, std::int64_t columns);
  LentMatrix(std::int64_t rows, std::int64_t columns, std::span<const float> values);
  MatrixView<float> view() const;
  /// Returns the elements without the gaps.
  std::vector<float> values() const;
  /// Throws Failed if something other than the elements was written; `what` names it.
  void require_intact(const char* what) const;
  /// Throws Failed for elements that are not finite (or were not written).
  void require_finite(const char* what) const;

 private:
  static constexpr std::int64_t gap = 3;
  std::int64_t rows_, columns_;
  Lent memory_;
};

/// A PNG of one white pixel.
inline constexpr std::array<unsigned char, 69> white_pixel = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48,
    0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00,
    0x00, 0x90, 0x77, 0x53, 0xde, 0x00, 0x00, 0x00, 0x0c, 0x49, 0x44, 0x41, 0x54, 0x78,
    0x9c, 0x63, 0xf8, 0xff, 0xff, 0x3f, 0x00, 0x05, 0xfe, 0x02, 0xfe, 0x0d, 0xef, 0x46,
    0xb8, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};

/// Returns the greatest |a - b|, divided by the greatest |b|; infinity if one is not a number.
double deviation(std::span<const float> a, std::span<const float> b);
bool same_bits(std::span<const float> a, std::span<const float> b);

/// Calls function(0), function(1), ... from this many threads at once. Rethrows their exceptions.
void at_once(int threads, const std::function<void(int)>& function);

/// Does the same, but each thread repeats its calls for a while, so that short calls overlap too.
/// Each thread works on its own numbers, so shared state leads to wrong results.
void often_at_once(int threads, const std::function<void(int)>& function);
/// The message about a result that changed in such a test.
inline constexpr const char* disturbed =
    "when several threads ask at once, each for rows of its own; what is written must be what was "
    "handed over or the thread's own: no member, no static variable";

}  // namespace assay::conformance
