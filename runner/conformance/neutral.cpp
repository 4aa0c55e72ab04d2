#include "runner/conformance/neutral.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <exception>
#include <limits>
#include <thread>

#include "runner/conformance/check.h"

namespace assay::conformance {
namespace {

// Forms 0.75 as a float and 5e-4 as a double: adding any number changes it.
constexpr std::byte pattern{0x3f};
constexpr std::uint32_t not_a_number = 0x7fc0ffee;
constexpr float gap_value = 12345.0F;

/// Implements SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
/// OOPSLA 2014).
std::uint64_t random_bits(std::uint64_t seed, std::uint64_t n) {
  std::uint64_t z = seed * 0xd1342543de82ef95 + (n + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

Shape with_rows(std::int64_t rows, const Shape& row) {
  std::vector<std::int64_t> dimensions = {rows};
  dimensions.insert(dimensions.end(), row.dimensions().begin(), row.dimensions().end());
  return Shape(dimensions);
}

}  // namespace

std::vector<float> spread(std::size_t count, std::uint64_t seed, float scale) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = scale *
                static_cast<float>(static_cast<std::int64_t>(random_bits(seed, i) >> 40) -
                                   (std::int64_t{1} << 23)) *
                0x1p-23F;
  return values;
}

std::span<const Shape> sample_shapes() {
  static const std::array<Shape, 6> shapes = {
      {{8, 8}, {64}, {8, 8, 1}, {3, 32, 32}, {32, 32, 3}, {28, 28}}};
  return shapes;
}

std::span<const Target> targets() {
  static const std::array<Target, 4> all = {{{DType::int32, {}, 10},
                                             {DType::float32, {}, 0},
                                             {DType::float32, {3}, 0},
                                             {DType::int32, {}, 2}}};
  return all;
}

std::string described(const Shape& shape) {
  if (shape.rank() == 0) return "a number";
  return fmt::format("{}", fmt::join(shape.dimensions(), "x"));
}

std::string described(const Target& target) {
  if (target.classes > 0) return fmt::format("{} classes", target.classes);
  return target.shape.rank() == 0 ? "a number" : "values of shape " + described(target.shape);
}

TargetRows::TargetRows(const Target& target, std::int64_t rows, std::uint64_t seed)
    : target_(target), rows_(rows) {
  const auto count = static_cast<std::size_t>(rows * target.shape.elements());
  if (target.dtype == DType::float32) {
    values_ = spread(count, seed);
    return;
  }
  for (std::size_t i = 0; i < count; ++i)
    classes_.push_back(static_cast<std::int32_t>(random_bits(seed, i) %
                                                 static_cast<std::uint64_t>(target.classes)));
}

ConstTensorView TargetRows::view() const {
  const void* data = target_.dtype == DType::float32 ? static_cast<const void*>(values_.data())
                                                     : static_cast<const void*>(classes_.data());
  return {data, target_.dtype, with_rows(rows_, target_.shape)};
}

Lent::Lent(std::size_t bytes) : buffer_(bytes + 2 * guard), size_(bytes) {
  std::ranges::fill(buffer_.bytes(), pattern);
  const std::span<std::byte> inner = this->bytes();
  const auto nan = std::as_bytes(std::span(&not_a_number, 1));
  for (std::size_t i = 0; i < inner.size(); ++i) inner[i] = nan[i % nan.size()];
}

bool Lent::intact() const {
  const auto whole = [](std::span<const std::byte> bytes) {
    return std::ranges::all_of(bytes, [](std::byte b) { return b == pattern; });
  };
  return whole(buffer_.bytes().first(guard)) && whole(buffer_.bytes().last(guard));
}

LentMatrix::LentMatrix(std::int64_t rows, std::int64_t columns)
    : rows_(rows),
      columns_(columns),
      memory_(static_cast<std::size_t>(rows * (columns + gap)) * sizeof(float)) {
  const MatrixView<float> all = view();
  for (std::int64_t i = 0; i < rows_; ++i)
    std::fill_n(all.row(i) + columns_, static_cast<std::size_t>(gap), gap_value);
}

LentMatrix::LentMatrix(std::int64_t rows, std::int64_t columns, std::span<const float> values)
    : LentMatrix(rows, columns) {
  for (std::int64_t i = 0; i < rows_; ++i)
    std::ranges::copy(
        values.subspan(static_cast<std::size_t>(i * columns_), static_cast<std::size_t>(columns_)),
        view().row(i));
}

MatrixView<float> LentMatrix::view() const {
  return {memory_.as<float>().data(), rows_, columns_, columns_ + gap};
}

std::vector<float> LentMatrix::values() const {
  std::vector<float> values;
  for (std::int64_t i = 0; i < rows_; ++i) {
    const auto row = view().row_span(i);
    values.insert(values.end(), row.begin(), row.end());
  }
  return values;
}

void LentMatrix::require_intact(const char* what) const {
  require(memory_.intact(), "it writes beyond {}", what);
  for (std::int64_t i = 0; i < rows_; ++i)
    for (std::int64_t j = 0; j < gap; ++j)
      require(view().row(i)[columns_ + j] == gap_value,
              "it writes between the rows of {}; a row starts at data + i * stride", what);
}

void LentMatrix::require_finite(const char* what) const {
  for (std::int64_t i = 0; i < rows_; ++i)
    for (std::int64_t j = 0; j < columns_; ++j) {
      const float value = view().row(i)[j];
      std::uint32_t bits = 0;
      std::memcpy(&bits, &value, sizeof bits);
      require(bits != not_a_number, "it does not write row {}, column {} of {}", i, j, what);
      require(std::isfinite(value), "row {}, column {} of {} is {}", i, j, what, value);
    }
}

double deviation(std::span<const float> a, std::span<const float> b) {
  double worst = 0, largest = std::numeric_limits<float>::min();
  for (std::size_t i = 0; i < b.size(); ++i) {
    const double difference = std::abs(double{a[i]} - double{b[i]});
    if (std::isnan(difference)) return std::numeric_limits<double>::infinity();
    worst = std::max(worst, difference);
    largest = std::max(largest, std::abs(double{b[i]}));
  }
  return worst / largest;
}

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

void at_once(int threads, const std::function<void(int)>& function) {
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(threads));
  {
    std::vector<std::jthread> team;
    for (int i = 0; i < threads; ++i)
      team.emplace_back([&, i] {
        try {
          function(i);
        } catch (...) {
          failures[static_cast<std::size_t>(i)] = std::current_exception();
        }
      });
  }
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
}

void often_at_once(int threads, const std::function<void(int)>& function) {
  using Clock = std::chrono::steady_clock;
  constexpr int least = 3;  // calls, if one takes long
  const auto end = Clock::now() + std::chrono::milliseconds(100);
  std::atomic<bool> failed = false;
  at_once(threads, [&](int thread) {
    try {
      for (int call = 0; !failed && (call < least || Clock::now() < end); ++call) function(thread);
    } catch (...) {
      failed = true;
      throw;
    }
  });
}

}  // namespace assay::conformance
