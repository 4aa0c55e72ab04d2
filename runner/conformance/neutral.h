// Inputs that say nothing: numbers and targets made from their shapes alone, and memory as the host
// lends it, guarded.
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
#include "runner/data/buffer.h"

namespace assay::conformance {

/// Evenly spread over [-scale, scale), the same on every machine.
std::vector<float> spread(std::size_t count, std::uint64_t seed, float scale = 1);

/// The seed for another set of the same numbers: that of set 0 is `seed` itself.
constexpr std::uint64_t seed_of(std::uint64_t seed, int set) {
  return seed + 1000 * static_cast<std::uint64_t>(set);
}

/// Shapes of samples for components that may not like any: the usual ones first.
std::span<const Shape> sample_shapes();

/// Ten classes; one number; three numbers; two classes.
std::span<const Target> targets();
/// "10 classes", "a number", "values of shape 3"
std::string described(const Target& target);
std::string described(const Shape& shape);

/// Targets of so many rows: classes in turn, or spread numbers.
class TargetRows {
 public:
  TargetRows(const Target& target, std::int64_t rows, std::uint64_t seed);
  /// Valid as long as this.
  ConstTensorView view() const;
  ConstTensorView rows(std::int64_t first, std::int64_t count) const {
    return view().rows(first, count);
  }
  /// The same numbers, in as many rows.
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
/// behind it.
class Lent {
 public:
  explicit Lent(std::size_t bytes);
  std::span<std::byte> bytes() const { return buffer_.bytes().subspan(guard, size_); }
  /// All of it as elements of this type.
  template <class T>
  std::span<T> as() const {
    return {static_cast<T*>(static_cast<void*>(bytes().data())), size_ / sizeof(T)};
  }
  /// Nothing was written around it.
  bool intact() const;

 private:
  static constexpr std::size_t guard = 256;
  data::Buffer buffer_;
  std::size_t size_;
};

/// A matrix with gaps between its rows that nobody may touch.
class LentMatrix {
 public:
  LentMatrix(std::int64_t rows, std::int64_t columns);
  LentMatrix(std::int64_t rows, std::int64_t columns, std::span<const float> values);
  MatrixView<float> view() const;
  /// Without the gaps.
  std::vector<float> values() const;
  /// Throws Failed where something beside the elements was written; `what` names it.
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

/// The greatest |a - b|, as a part of the greatest |b|; infinite where one is not a number.
double deviation(std::span<const float> a, std::span<const float> b);
bool same_bits(std::span<const float> a, std::span<const float> b);

/// Calls function(0), function(1), ... from as many threads at once. What any of them throws is
/// thrown here.
void at_once(int threads, const std::function<void(int)>& function);

/// The same, each thread again and again for a while, so that short calls meet as well. What is
/// shared shows where each thread works on numbers of its own.
void often_at_once(int threads, const std::function<void(int)>& function);
/// What to say then of what has become another one.
inline constexpr const char* disturbed =
    "when several threads ask at once, each for rows of its own; what is written must be what was "
    "handed over or the thread's own: no member, no static variable";

}  // namespace assay::conformance
