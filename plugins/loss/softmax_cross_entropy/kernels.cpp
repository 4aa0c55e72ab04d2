// Compiled once per instruction set; ASSAY_KERNEL names the resulting function.
#include "kernels.h"

#include "simd/math.h"
#include "simd/vector.h"

namespace assay::softmax {
namespace {

using simd::I;
using simd::V;
using simd::width;

constexpr Index smaller(Index a, Index b) { return a < b ? a : b; }

/// Handles up to `width` rows, one in each lane. Reads them in transposed squares.
///
/// Let m be the greatest logit and rest the sum of exp(z[j] - m) over all other j. Then the loss is
/// log1p(rest) + m - z[target], and if m is the target's logit, its derivative is -rest / (1 +
/// rest). Neither loses digits when the prediction is nearly certain.
double cross_entropy_of_group(const float* z, Index z_stride, const std::int32_t* targets,
                              Index rows, Index classes, float* d, Index d_stride) {
  I target{};
  for (Index r = 0; r < rows; ++r) target[r] = targets[r];
  V square[width];
  const auto load_square = [&](Index first) {
    simd::load_transposed(z + first, z_stride, rows, classes - first, square);
    return smaller(width, classes - first);
  };

  V maximum = V{} - __builtin_inff();
  V z_target{};
  I place{};  // the position of the maximum
  for (Index first = 0; first < classes; first += width) {
    const Index count = load_square(first);
    for (Index i = 0; i < count; ++i) {
      const auto c = static_cast<std::int32_t>(first + i);
      const I greater = square[i] > maximum;
      place = greater ? c - I{} : place;
      maximum = greater ? square[i] : maximum;
      z_target = target == c ? square[i] : z_target;
    }
  }
  V rest{};
  for (Index first = 0; first < classes; first += width) {
    const Index count = classes > width ? load_square(first) : classes;
    for (Index i = 0; i < count; ++i) {
      square[i] = simd::exp(square[i] - maximum);
      rest += place == static_cast<std::int32_t>(first + i) ? V{} : square[i];
    }
  }
  const V losses = simd::log1p(rest) + (maximum - z_target);
  double sum = 0;
  for (Index r = 0; r < rows; ++r) sum += static_cast<double>(losses[r]);
  if (d == nullptr) return sum;

  const V scale = 1 / (1 + rest);
  const V certain = -rest * scale;
  for (Index first = 0; first < classes; first += width) {
    const Index count = classes > width ? load_square(first) : classes;
    for (Index i = 0; i < count; ++i) {
      const auto c = static_cast<std::int32_t>(first + i);
      const V e = classes > width ? simd::exp(square[i] - maximum) : square[i];
      const V p = e * scale;
      square[i] = target == c ? (place == c ? certain : p - 1) : p;
    }
    simd::transpose(square);
    for (Index r = 0; r < rows; ++r) simd::store_first(d + r * d_stride + first, square[r], count);
  }
  return sum;
}

double cross_entropy(const float* z, Index z_stride, const std::int32_t* targets, Index rows,
                     Index classes, float* d, Index d_stride) {
  double sum = 0;
  for (Index r = 0; r < rows; r += width)
    sum += cross_entropy_of_group(z + r * z_stride, z_stride, targets + r, smaller(width, rows - r),
                                  classes, d == nullptr ? nullptr : d + r * d_stride, d_stride);
  return sum;
}

}  // namespace

const CrossEntropy ASSAY_KERNEL = cross_entropy;

}  // namespace assay::softmax
