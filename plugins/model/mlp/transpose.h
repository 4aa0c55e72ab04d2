// Compiled once per instruction set: see simd/vector.h.
#pragma once

#include "simd/vector.h"
#include "tiles.h"

namespace assay::mlp {
namespace {

void transpose(const float* from, Index from_stride, Index rows, Index columns, float* to,
               Index to_stride, Index to_columns) {
  for (Index r = 0; r < to_columns; r += width) {
    for (Index c = 0; c < columns; c += width) {
      V square[width];
      simd::load_transposed(from + r * from_stride + c, from_stride, rows - r, columns - c, square);
      const Index written = smaller(width, to_columns - r);
      const Index count = smaller(width, columns - c);
      float* out = to + c * to_stride + r;
      if (written == width && count == width) {
#pragma GCC unroll 16
        for (int i = 0; i < width; ++i) store(out + i * to_stride, square[i]);
      } else {
        for (Index i = 0; i < count; ++i)
          simd::store_first(out + i * to_stride, square[i], written);
      }
    }
  }
}

}  // namespace
}  // namespace assay::mlp
