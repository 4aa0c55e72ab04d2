// Compiled once per instruction set; ASSAY_KERNELS names the table that comes out.
#include "kernels.h"

#include "activations.h"
#include "simd/vector.h"

namespace assay::mlp {
namespace {

using simd::load;
using simd::splat;
using simd::store;
using simd::width;

// A tile of the product has up to product_columns outputs x product_vectors vectors of rows. Its
// sums, one vector of each row and a weight share the registers; without fused multiply-add the
// products want one more.
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int product_columns = 6;
constexpr int product_vectors = 4;
constexpr int gradient_vectors = 7;
constexpr int gradient_sums = 28;
#elif defined(__AVX2__)
constexpr int product_columns = 6;
constexpr int product_vectors = 2;
constexpr int gradient_vectors = 4;
constexpr int gradient_sums = 12;
#else
constexpr int product_columns = 5;
constexpr int product_vectors = 2;
constexpr int gradient_vectors = 3;
constexpr int gradient_sums = 10;
#endif
constexpr int gradient_inputs = 8;

constexpr Index smaller(Index a, Index b) { return a < b ? a : b; }
constexpr Index larger(Index a, Index b) { return a < b ? b : a; }
constexpr Index quotient_up(Index a, Index b) { return (a + b - 1) / b; }

/// Cuts `total` things into tiles of at most `maximum`, as equal as can be.
class Tiles {
 public:
  Tiles(Index total, Index maximum)
      : count_(quotient_up(total, maximum)), size_(total / count_), longer_(total % count_) {}
  Index count() const { return count_; }
  Index first(Index tile) const { return tile * size_ + smaller(tile, longer_); }
  Index size(Index tile) const { return size_ + (tile < longer_ ? 1 : 0); }

 private:
  Index count_, size_, longer_;
};

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

/// Which of the weights' indices moves to the next float.
enum class Dense { input, output };

/// A tile of the product over `depth` inputs, from x and weights on. The sums start at start[n], or
/// (null) at what `out` holds. `pitch`: from one weight to the next along the other index.
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
  constexpr Index cached = 16384;  // floats: a part of a second-level cache
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

void product(const float* kernel, const float* bias, Index inputs, Index outputs, const float* x,
             float* out, Index stride) {
  product_of<Dense::output>(kernel, outputs, bias, inputs, outputs, x, out, stride);
}

void product_transposed(const float* kernel, Index inputs, Index outputs, const float* d,
                        float* d_input, Index stride) {
  product_of<Dense::input>(kernel, outputs, nullptr, outputs, inputs, d, d_input, stride);
}

/// Asks for a tile of the kernel's gradient, so that it comes while its sums are computed.
inline void prefetch(const float* kernel, Index outputs, int inputs, int vectors) {
  constexpr Index line = 16;  // floats in a line of the cache
  for (int k = 0; k < inputs; ++k)
    for (Index n = 0; n < vectors * width; n += line) __builtin_prefetch(kernel + k * outputs + n);
}

/// A tile of the kernel's gradient: `inputs` rows of x, `vectors` vectors of the panel
/// d [rows][vectors]; the last vector has `last` elements.
template <int inputs, int vectors>
void gradient_tile(const float* x, Index stride, const float* d, Index rows, float* kernel,
                   Index outputs, Index last, bool add) {
  V sum[inputs][vectors] = {};
  prefetch(kernel, outputs, inputs, vectors);
  for (Index r = 0; r < rows; ++r, d += vectors * width) {
    V row[vectors];
#pragma GCC unroll 8
    for (int n = 0; n < vectors; ++n) row[n] = load(d + n * width);
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

using GradientTile = void (*)(const float*, Index, const float*, Index, float*, Index, Index, bool);

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

Index gradient_scratch(Index rows, Index outputs) {
  return (smaller(gradient_vectors, quotient_up(outputs, width)) * width + 1) * rows;
}

void gradients(const float* x, const float* d, Index rows, Index stride, Index inputs,
               Index outputs, float* scratch, float* kernel, float* bias, bool add) {
  const Tiles tiles(quotient_up(outputs, width), gradient_vectors);
  // The bias is the kernel's row of an input that is always one.
  float* ones = scratch + gradient_scratch(rows, outputs) - rows;
  for (Index r = 0; r < rows; ++r) ones[r] = 1;
  for (Index tile = 0; tile < tiles.count(); ++tile) {
    const Index vectors = tiles.size(tile);
    const Index n = tiles.first(tile) * width;
    const Index columns = smaller(vectors * width, outputs - n);
    const Index last = columns - (vectors - 1) * width;
    transpose(d + n * stride, stride, columns, rows, scratch, vectors * width, vectors * width);
    const GradientTile sum_rows = gradient_tile_for<gradient_vectors>(vectors, 1);
    sum_rows(ones, 0, scratch, rows, bias + n, outputs, last, add);
    const Tiles steps(inputs, inputs_beside(vectors));
    for (Index step = 0; step < steps.count(); ++step) {
      const Index k = steps.first(step);
      gradient_tile_for<gradient_vectors>(vectors, steps.size(step))(
          x + k * stride, stride, scratch, rows, kernel + k * outputs + n, outputs, last, add);
    }
  }
}

}  // namespace

const Kernels ASSAY_KERNELS = {
    width,     transpose, product,      product_transposed, gradient_scratch,
    gradients, activate,  differentiate};

}  // namespace assay::mlp
