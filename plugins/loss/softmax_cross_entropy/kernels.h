// The arithmetic of the softmax cross-entropy, once per instruction set.
//
// Sources of every instruction set include this header, so it contains declarations only.
#pragma once

#include <cstddef>
#include <cstdint>

namespace assay::softmax {

using Index = std::ptrdiff_t;

/// Returns the sum over rows of log(sum_j exp z[j]) - z[target], for logits z [rows][classes] and
/// targets in [0, classes). If d is not null, sets d [rows][classes] = softmax(z) - onehot(target).
/// Computes each row in float32, and the sum in float64. NaN in a row gives NaN.
using CrossEntropy = double (*)(const float* z, Index z_stride, const std::int32_t* targets,
                                Index rows, Index classes, float* d, Index d_stride);

extern const CrossEntropy generic_kernel;
extern const CrossEntropy avx2_kernel;
extern const CrossEntropy avx512_kernel;

}  // namespace assay::softmax
