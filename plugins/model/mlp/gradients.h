// The gradients of a layer's kernel and bias. Compiled once per instruction set: see
// simd/vector.h.
#pragma once

#include "simd/vector.h"
#include "tiles.h"
#include "transpose.h"

namespace assay::mlp {
namespace {

using simd::group;
using simd::groups;

// A tile of the gradient has up to gradient_inputs inputs x gradient_vectors vectors of outputs,
// and at most gradient_sums vectors, which share the registers with one vector of each output and
// input.
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int gradient_vectors = 7;
constexpr int gradient_sums = 28;
#elif defined(__AVX2__)
constexpr int gradient_vectors = 4;
constexpr int gradient_sums = 12;
#else
constexpr int gradient_vectors = 3;
constexpr int gradient_sums = 10;
#endif
constexpr int gradient_inputs = 8;

/// Computes `inputs` rows of the kernel's gradient, from input `x` and output `kernel` on, for the
/// outputs whose d the panel contains. The panel's last vector has `last` outputs.
using GradientTile = void (*)(const float* x, Index stride, const float* panel, Index rows,
                              float* kernel, Index outputs, Index last, bool add);

/// Prefetches a tile of the kernel's gradient, so that it arrives while its sums are computed.
inline void prefetch(const float* kernel, Index outputs, int inputs, int vectors) {
  constexpr Index line = 16;  // floats in a line of the cache
  for (int k = 0; k < inputs; ++k)
    for (Index n = 0; n < vectors * width; n += line) __builtin_prefetch(kernel + k * outputs + n);
}

/// Computes a tile. The panel is [rows][vectors * width].
template <int inputs, int vectors>
void gradient_tile(const float* x, Index stride, const float* panel, Index rows, float* kernel,
                   Index outputs, Index last, bool add) {
  V sum[inputs][vectors] = {};
  prefetch(kernel, outputs, inputs, vectors);
  for (Index r = 0; r < rows; ++r, panel += vectors * width) {
    V row[vectors];
#pragma GCC unroll 8
    for (int n = 0; n < vectors; ++n) row[n] = load(panel + n * width);
#pragma GCC unroll 8
    for (int k = 0; k < inputs; ++k) {
      const V value = splat(x[k * stride + r]);
#pragma GCC unroll 8
      for (int n = 0; n < vectors; ++n) sum[k][n] += value * row[n];
    }
  }
#pragma GCC unroll 8
  for (int k = 0; k < inputs; ++k, kernel += outputs) {
#pragma GCC unroll 8
    for (int n = 0; n < vectors - 1; ++n)
      store(kernel + n * width, add ? load(kernel + n * width) + sum[k][n] : sum[k][n]);
    float* tail = kernel + (vectors - 1) * width;
    const V end = sum[k][vectors - 1];
    simd::store_first(tail, add ? simd::load_first(tail, last) + end : end, last);
  }
}

/// Handles outputs that do not fill a vector. The panel is [rows / group][groups][group]: each
/// vector has `group` rows of `groups` outputs, so one step handles `group` rows.
template <int inputs>
void gradient_rest(const float* x, Index stride, const float* panel, Index rows, float* kernel,
                   Index outputs, Index last, bool add) {
  constexpr int squares = (inputs + group - 1) / group;
  V sum[squares * group] = {};
  Index r = 0;
  for (; r + group <= rows; r += group, panel += width) {
    const V row = load(panel);
#pragma GCC unroll 8
    for (int k = 0; k < inputs; ++k) sum[k] += simd::splat_group(x + k * stride + r) * row;
  }
  if (r < rows) {
    const V row = load(panel);
#pragma GCC unroll 8
    for (int k = 0; k < inputs; ++k)
      sum[k] += simd::splat_group(x + k * stride + r, rows - r) * row;
  }
#pragma GCC unroll 2
  for (int square = 0; square < squares; ++square) {
    float sums[group][groups];
    store(sums[0], simd::sum_groups(sum + square * group));
    for (Index k = 0; k < smaller(group, inputs - square * group); ++k, kernel += outputs)
      for (Index n = 0; n < last; ++n) kernel[n] = add ? kernel[n] + sums[k][n] : sums[k][n];
  }
}

constexpr int inputs_beside(Index vectors) {
  return static_cast<int>(smaller(gradient_inputs, gradient_sums / vectors));
}

template <int vectors, int inputs = inputs_beside(vectors)>
constexpr GradientTile gradient_tile_for(Index wanted_vectors, Index wanted_inputs) {
  if (wanted_vectors < vectors) {
    if constexpr (vectors > 1) return gradient_tile_for<vectors - 1>(wanted_vectors, wanted_inputs);
  } else if (wanted_inputs < inputs) {
    if constexpr (inputs > 1)
      return gradient_tile_for<vectors, inputs - 1>(wanted_vectors, wanted_inputs);
  }
  return gradient_tile<inputs, vectors>;
}

template <int inputs = gradient_inputs>
constexpr GradientTile gradient_rest_for(Index wanted_inputs) {
  if constexpr (inputs > 1)
    if (wanted_inputs < inputs) return gradient_rest_for<inputs - 1>(wanted_inputs);
  return gradient_rest<inputs>;
}

/// Fills the panel of gradient_rest for `count` outputs.
void group_rows(const float* d, Index stride, Index count, Index rows, float* panel) {
  for (Index r = 0; r < rows; r += group, panel += width)
    for (Index n = 0; n < groups; ++n)
      for (Index i = 0; i < group; ++i)
        panel[n * group + i] = n < count && r + i < rows ? d[n * stride + r + i] : 0;
}

Index gradient_scratch(Index rows, Index outputs) {
  const Index panel = smaller(gradient_vectors, quotient_up(outputs, width)) * width;
  return panel * (rows + group) + rows;
}

/// Divides the outputs of a layer: into tiles of whole vectors, and a rest that fills no vector.
struct OutputSlices {
  explicit OutputSlices(Index outputs)
      : rest(outputs % width <= groups ? outputs % width : 0),
        tiles(quotient_up(outputs - rest, width), gradient_vectors) {}
  Index count() const { return tiles.count() + (rest > 0 ? 1 : 0); }

  Index rest;
  Tiles tiles;
};

Index gradient_slices(Index outputs) { return OutputSlices(outputs).count(); }

void gradients(const float* x, const float* d, Index rows, Index stride, Index inputs,
               Index outputs, Index begin, Index end, float* scratch, float* kernel, float* bias,
               bool add) {
  float* const panel = scratch;
  // The bias is the kernel's row for an input that is always one.
  float* const ones = scratch + gradient_scratch(rows, outputs) - rows;
  for (Index r = 0; r < rows; ++r) ones[r] = 1;
  const auto all_inputs = [&](auto tile_for, Index most, Index n, Index last) {
    tile_for(1)(ones, 0, panel, rows, bias + n, outputs, last, add);
    const Tiles tiles(inputs, most);
    for (Index tile = 0; tile < tiles.count(); ++tile) {
      const Index k = tiles.first(tile);
      tile_for(tiles.size(tile))(x + k * stride, stride, panel, rows, kernel + k * outputs + n,
                                 outputs, last, add);
    }
  };

  const OutputSlices slices(outputs);
  for (Index slice = begin; slice < smaller(end, slices.tiles.count()); ++slice) {
    const Index vectors = slices.tiles.size(slice);
    const Index n = slices.tiles.first(slice) * width;
    const Index columns = smaller(vectors * width, outputs - slices.rest - n);
    transpose(d + n * stride, stride, columns, rows, panel, vectors * width, vectors * width);
    all_inputs([=](Index k) { return gradient_tile_for<gradient_vectors>(vectors, k); },
               inputs_beside(vectors), n, columns - (vectors - 1) * width);
  }
  if (slices.rest > 0 && end == slices.count()) {
    const Index n = outputs - slices.rest;
    group_rows(d + n * stride, stride, slices.rest, rows, panel);
    all_inputs([](Index k) { return gradient_rest_for<>(k); }, gradient_inputs, n, slices.rest);
  }
}

}  // namespace
}  // namespace assay::mlp
