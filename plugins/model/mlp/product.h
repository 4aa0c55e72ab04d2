// The products with a layer's kernel. Compiled once per instruction set: see simd/vector.h.
#pragma once

#include "simd/vector.h"
#include "tiles.h"

namespace assay::mlp {
namespace {

// A tile of the product has up to product_columns outputs x product_vectors vectors of rows. Its
// sums, one vector of each row and a weight share the registers; without fused multiply-add the
// products need one more.
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int product_columns = 6;
constexpr int product_vectors = 4;
#elif defined(__AVX2__)
constexpr int product_columns = 6;
constexpr int product_vectors = 2;
#else
constexpr int product_columns = 5;
constexpr int product_vectors = 2;
#endif

/// The index of the weights that moves to the next float.
enum class Dense { input, output };

/// Computes a tile of the product over `depth` inputs, starting at x and weights. The sums start at
/// start[n], or (null) at the content of `out`. `pitch` is the distance from one weight to the next
/// along the other index.
template <Dense dense, int columns, int vectors>
void product_tile(const float* weights, Index pitch, Index depth, const float* x, Index stride,
                  const float* start, float* out) {
  constexpr bool outputs_dense = dense == Dense::output;
  V sum[columns][vectors];
#pragma GCC unroll 8
  for (int n = 0; n < columns; ++n)
#pragma GCC unroll 8
    for (int r = 0; r < vectors; ++r)
      sum[n][r] = start != nullptr ? splat(start[n]) : load(out + n * stride + r * width);
  for (Index k = 0; k < depth; ++k, weights += outputs_dense ? pitch : 1, x += stride) {
    V row[vectors];
#pragma GCC unroll 8
    for (int r = 0; r < vectors; ++r) row[r] = load(x + r * width);
#pragma GCC unroll 8
    for (int n = 0; n < columns; ++n) {
      const V weight = splat(weights[outputs_dense ? n : n * pitch]);
#pragma GCC unroll 8
      for (int r = 0; r < vectors; ++r) sum[n][r] += weight * row[r];
    }
  }
#pragma GCC unroll 8
  for (int n = 0; n < columns; ++n)
#pragma GCC unroll 8
    for (int r = 0; r < vectors; ++r) store(out + n * stride + r * width, sum[n][r]);
}

using ProductTile = void (*)(const float*, Index, Index, const float*, Index, const float*, float*);

template <Dense dense, int columns = product_columns, int vectors = product_vectors>
constexpr ProductTile product_tile_for(Index wanted_columns, Index wanted_vectors) {
  if (wanted_vectors < vectors) {
    if constexpr (vectors > 1)
      return product_tile_for<dense, columns, vectors - 1>(wanted_columns, wanted_vectors);
  } else if (wanted_columns < columns) {
    if constexpr (columns > 1)
      return product_tile_for<dense, columns - 1, vectors>(wanted_columns, wanted_vectors);
  }
  return product_tile<dense, columns, vectors>;
}

template <Dense dense>
void product_of(const float* weights, Index pitch, const float* bias, Index inputs, Index outputs,
                const float* x, float* out, Index stride) {
  static constexpr float zeros[product_columns] = {};
  constexpr Index cached = 16384;  // floats: a part of the second-level cache
  const Index depth = larger(32, cached / stride);
  const Tiles tiles(outputs, product_columns);
  const Tiles chunks(stride / width, product_vectors);
  for (Index k = 0; k < inputs; k += depth) {
    const Index count = smaller(depth, inputs - k);
    for (Index tile = 0; tile < tiles.count(); ++tile) {
      const Index n = tiles.first(tile);
      const float* start = k > 0 ? nullptr : bias != nullptr ? bias + n : zeros;
      const float* from = weights + (dense == Dense::output ? k * pitch + n : n * pitch + k);
      for (Index chunk = 0; chunk < chunks.count(); ++chunk) {
        const Index r = chunks.first(chunk) * width;
        const auto compute = product_tile_for<dense>(tiles.size(tile), chunks.size(chunk));
        compute(from, pitch, count, x + k * stride + r, stride, start, out + n * stride + r);
      }
    }
  }
}

void product(const float* kernel, Index pitch, const float* bias, Index inputs, Index outputs,
             const float* x, float* out, Index stride) {
  product_of<Dense::output>(kernel, pitch, bias, inputs, outputs, x, out, stride);
}

void product_transposed(const float* kernel, Index inputs, Index outputs, const float* d,
                        float* d_input, Index stride) {
  product_of<Dense::input>(kernel, outputs, nullptr, outputs, inputs, d, d_input, stride);
}

}  // namespace
}  // namespace assay::mlp
