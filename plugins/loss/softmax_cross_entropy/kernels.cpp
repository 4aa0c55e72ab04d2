// Compiled once per instruction set; ASSAY_KERNEL names the function that comes out.
#include "kernels.h"

#include "simd/math.h"
#include "simd/vector.h"

namespace assay::softmax {
namespace {

using simd::I;
using simd::V;
using simd::width;

constexpr Index smaller(Index a, Index b) { return a < b ? a : b; }

/// Up to `width` rows, one in each lane: they are read in transposed squares.
///
/// With m the greatest logit and rest the sum of exp(z[j] - m) over all j but m's own, the loss is
/// log1p(rest) + m - z[target], and where m is the target's, its derivative is -rest / (1 + rest):
/// neither loses digits when the prediction is nearly certain.
double cross_entropy_of_group(const float* z, Index z_stride, const std::int32_t* targets,
                              Index rows, Index classes, float* d, Index d_stride) {
  V square[width];
  V maximum = V{} - __builtin_inff();
  I place{};
  for (Index first = 0; first < classes; first += width) {
    simd::load_transposed(z + first, z_stride, rows, classes - first, square);
    for (Index c = 0; c < smaller(width, classes - first); ++c) {
      const I greater = square[c] > maximum;
      place = greater ? I{} + static_cast<std::int32_t>(first + c) : place;
      maximum = greater ? square[c] : maximum;
    }
  }
  V rest{};
  for (Index first = 0; first < classes; first += width) {
    const Index count = smaller(width, classes - first);
    if (classes > width) simd::load_transposed(z + first, z_stride, rows, classes - first, square);
    for (Index c = 0; c < count; ++c) {
      square[c] = simd::exp(square[c] - maximum);
      rest += place == static_cast<std::int32_t>(first + c) ? V{} : square[c];
    }
    if (d == nullptr) continue;
    simd::transpose(square);
    for (Index r = 0; r < rows; ++r) simd::store_first(d + r * d_stride + first, square[r], count);
  }
  const V log_sum = simd::log1p(rest);
  double loss = 0;
  for (Index r = 0; r < rows; ++r)
    loss += static_cast<double>(log_sum[r] + (maximum[r] - z[r * z_stride + targets[r]]));
  if (d == nullptr) return loss;
  const V factor = 1 / (1 + rest);
  const V certain = -rest * factor;
  for (Index r = 0; r < rows; ++r) {
    float* row = d + r * d_stride;
    for (Index first = 0; first < classes; first += width) {
      const Index count = smaller(width, classes - first);
      simd::store_first(row + first, simd::load_first(row + first, count) * factor[r], count);
    }
    float& at_target = row[targets[r]];
    at_target = targets[r] == place[r] ? certain[r] : at_target - 1;
  }
  return loss;
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

extern const CrossEntropy ASSAY_KERNEL;
const CrossEntropy ASSAY_KERNEL = cross_entropy;

}  // namespace assay::softmax
