// Wraps plugins/simd/ in plain functions, with one table per instruction set.
#pragma once

#include <cstddef>

namespace assay::test {

struct VectorMath {
  std::ptrdiff_t width;
  /// Computes y[i] = f(x[i]); count is a multiple of width.
  void (*exp)(const float* x, float* y, std::ptrdiff_t count);
  void (*expm1)(const float* x, float* y, std::ptrdiff_t count);
  void (*log)(const float* x, float* y, std::ptrdiff_t count);
};

extern const VectorMath generic_math;
extern const VectorMath avx2_math;
extern const VectorMath avx512_math;

}  // namespace assay::test
