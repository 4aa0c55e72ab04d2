// Views of numbers in memory that another object owns. Nothing here allocates or frees.
//
// The host aligns every buffer that it lends to 64 bytes. Map a view with Eigen like this:
//   Eigen::Map<const Eigen::Matrix<float, -1, -1, Eigen::RowMajor>, 0, Eigen::OuterStride<>>
//       x(view.data, view.rows, view.columns, Eigen::OuterStride<>(view.stride));
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <type_traits>

#include "assay/version.h"

namespace assay {

enum class DType : std::uint32_t { float32, float64, int32, int64, uint8 };

constexpr std::size_t size_of(DType dtype) {
  switch (dtype) {
    case DType::float32:
    case DType::int32: return 4;
    case DType::float64:
    case DType::int64: return 8;
    case DType::uint8: return 1;
  }
  return 0;
}

template <class T>
constexpr DType dtype_of() {
  using U = std::remove_const_t<T>;
  if constexpr (std::is_same_v<U, float>) return DType::float32;
  else if constexpr (std::is_same_v<U, double>) return DType::float64;
  else if constexpr (std::is_same_v<U, std::int32_t>) return DType::int32;
  else if constexpr (std::is_same_v<U, std::int64_t>) return DType::int64;
  else if constexpr (std::is_same_v<U, std::uint8_t>) return DType::uint8;
  else static_assert(sizeof(T) == 0, "no DType for this type");
}

/// Up to 8 dimensions of 1 or more, outermost first. A scalar has none.
class Shape {
 public:
  static constexpr std::size_t maximum_rank = 8;

  constexpr Shape() = default;
  constexpr Shape(std::initializer_list<std::int64_t> dimensions)
      : Shape(std::span<const std::int64_t>(dimensions.begin(), dimensions.size())) {}
  constexpr explicit Shape(std::span<const std::int64_t> dimensions) {
    if (dimensions.size() > maximum_rank)
      throw std::length_error("a shape has at most 8 dimensions");
    for (std::int64_t d : dimensions) dimensions_[rank_++] = d;
  }

  constexpr std::size_t rank() const { return rank_; }
  constexpr std::int64_t operator[](std::size_t i) const { return dimensions_[i]; }
  constexpr std::span<const std::int64_t> dimensions() const { return {dimensions_.data(), rank_}; }
  /// Returns the product of the dimensions; 1 for a scalar.
  constexpr std::int64_t elements() const {
    std::int64_t n = 1;
    for (std::int64_t d : dimensions()) n *= d;
    return n;
  }
  constexpr bool operator==(const Shape&) const = default;

 private:
  std::array<std::int64_t, maximum_rank> dimensions_{};
  std::uint32_t rank_ = 0;
};

/// A row-major matrix; row i starts at data + i * stride (stride counts elements, >= columns).
template <class T>
struct MatrixView {
  T* data = nullptr;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t stride = 0;

  constexpr T* row(std::int64_t i) const { return data + i * stride; }
  constexpr std::span<T> row_span(std::int64_t i) const {
    return {row(i), static_cast<std::size_t>(columns)};
  }
  constexpr MatrixView slice(std::int64_t first, std::int64_t count) const {
    return {row(first), count, columns, stride};
  }
  constexpr bool empty() const { return rows == 0 || columns == 0; }
  constexpr operator MatrixView<const T>() const requires(!std::is_const_v<T>) {
    return {data, rows, columns, stride};
  }
};

/// A tensor of any element type and layout; strides count elements. Void is `void` or `const void`.
template <class Void>
struct BasicTensorView {
  Void* data = nullptr;
  DType dtype = DType::float32;
  Shape shape;
  std::array<std::int64_t, Shape::maximum_rank> strides{};

  BasicTensorView() = default;
  /// Views a contiguous, row-major tensor.
  BasicTensorView(Void* first, DType type, const Shape& dimensions)
      : data(first), dtype(type), shape(dimensions) {
    std::int64_t step = 1;
    for (std::size_t i = shape.rank(); i-- > 0;) {
      strides[i] = step;
      step *= shape[i];
    }
  }
  operator BasicTensorView<const void>() const requires(!std::is_const_v<Void>) {
    BasicTensorView<const void> view;
    view.data = data;
    view.dtype = dtype;
    view.shape = shape;
    view.strides = strides;
    return view;
  }

  bool contiguous() const {
    std::int64_t step = 1;
    for (std::size_t i = shape.rank(); i-- > 0;) {
      if (shape[i] != 1 && strides[i] != step) return false;
      step *= shape[i];
    }
    return true;
  }

  /// Returns all elements of a contiguous tensor of element type T (`const T` for a const view).
  /// Throws std::logic_error for another type or layout.
  template <class T>
  std::span<T> values() const {
    if (dtype != dtype_of<T>() || !contiguous())
      throw std::logic_error("TensorView::values: other element type, or not contiguous");
    return {static_cast<T*>(data), static_cast<std::size_t>(shape.elements())};
  }

  /// Returns rows [first, first + count) of the outermost dimension.
  BasicTensorView rows(std::int64_t first, std::int64_t count) const {
    using Byte = std::conditional_t<std::is_const_v<Void>, const std::byte, std::byte>;
    BasicTensorView part = *this;
    part.data =
        static_cast<Byte*>(data) + first * strides[0] * static_cast<std::int64_t>(size_of(dtype));
    std::array<std::int64_t, Shape::maximum_rank> dimensions{};
    for (std::size_t i = 0; i < shape.rank(); ++i) dimensions[i] = shape[i];
    dimensions[0] = count;
    part.shape = Shape(std::span<const std::int64_t>(dimensions.data(), shape.rank()));
    return part;
  }
};

using TensorView = BasicTensorView<void>;
using ConstTensorView = BasicTensorView<const void>;

}  // namespace assay
