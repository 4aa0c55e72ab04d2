// The arithmetic of a multilayer perceptron on a block of rows, once per instruction set.
//
// Inside a block, values are feature-major: [features][stride], one column per row of the batch. So
// a vector holds `width` rows, and no layer width wastes lanes. `stride` is the number of rows
// rounded up to a multiple of `width`. The padding rows are zeros at first and have no meaning
// later.
//
// Every output element is one chain of multiply-adds in the order of its sum; a gradient of few
// outputs uses four chains. So the bits do not depend on tiles or cache blocking. The bits of the
// outputs do not depend on the height of the block either.
//
// Sources of every instruction set include this header, so it contains declarations only.
#pragma once

#include <cstddef>
#include <cstdint>

namespace assay::mlp {

using Index = std::ptrdiff_t;

enum class Activation : std::uint32_t { selu, relu, gelu, tanh, sigmoid, identity };

/// Functions and numbers of one instruction set. All pointers refer to non-overlapping memory
/// unless stated otherwise. Nothing needs more alignment than a float.
struct Kernels {
  /// The number of floats in a vector.
  Index width;

  /// Sets to [columns][to_columns] = the transpose of from [rows][columns]; zeros from column
  /// `rows` on.
  void (*transpose)(const float* from, Index from_stride, Index rows, Index columns, float* to,
                    Index to_stride, Index to_columns);

  /// Computes out [outputs][stride] = bias + kernel^T x, for x [inputs][stride] and the first
  /// `outputs` columns of kernel [inputs][pitch].
  void (*product)(const float* kernel, Index pitch, const float* bias, Index inputs, Index outputs,
                  const float* x, float* out, Index stride);
  /// Computes d_input [inputs][stride] = kernel d, for kernel [inputs][outputs] and d
  /// [outputs][stride].
  void (*product_transposed)(const float* kernel, Index inputs, Index outputs, const float* d,
                             float* d_input, Index stride);

  /// Returns the number of floats of scratch memory for gradients().
  Index (*gradient_scratch)(Index rows, Index outputs);
  /// Returns into how many slices gradients() divides the outputs.
  Index (*gradient_slices)(Index outputs);
  /// Computes kernel [inputs][outputs] += x d^T and bias [outputs] += the sum of d over rows, for x
  /// [inputs][stride] and d [outputs][stride], and the slices of the outputs from `begin` to before
  /// `end`. Without `add` it uses = instead of +=.
  void (*gradients)(const float* x, const float* d, Index rows, Index stride, Index inputs,
                    Index outputs, Index begin, Index end, float* scratch, float* kernel,
                    float* bias, bool add);

  /// Computes y = f(z); count is a multiple of width. y may be z.
  void (*activate)(Activation activation, const float* z, float* y, Index count);
  /// Computes d *= f'(z), from y = f(z) and, for gelu only, z.
  void (*differentiate)(Activation activation, const float* z, const float* y, float* d,
                        Index count);
};

extern const Kernels generic_kernels;
extern const Kernels avx2_kernels;
extern const Kernels avx512_kernels;

}  // namespace assay::mlp
