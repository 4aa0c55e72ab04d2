// The activations and their derivatives. Constants and formulas are those of jax.nn; gelu is its
// tanh approximation. Compiled once per instruction set: see simd/vector.h.
#pragma once

#include "simd/math.h"

namespace assay::mlp {
namespace {

using simd::V;

// value(z) is f(z); slope(z, y) is f'(z) with y = f(z). Only activations with needs_z use z.

struct Selu {
  static constexpr bool needs_z = false;
  static constexpr float scale = 1.0507009873554804934193349852946F;
  static constexpr float alpha = 1.6732632423543772848170429916717F;
  static V value(V z) { return z > 0 ? scale * z : scale * alpha * simd::expm1_below(z); }
  static V slope(V, V y) { return y > 0 ? simd::splat(scale) : y + scale * alpha; }
};

struct Relu {
  static constexpr bool needs_z = false;
  static V value(V z) { return z < 0 ? V{} : z; }
  static V slope(V, V y) { return y > 0 ? simd::splat(1) : V{}; }
};

struct Sigmoid {
  static constexpr bool needs_z = false;
  static V value(V z) { return 1 / (1 + simd::exp(-z)); }
  static V slope(V, V y) { return y * (1 - y); }
};

struct Tanh {
  static constexpr bool needs_z = false;
  static V value(V z) {
    const V e = simd::expm1(2 * z);
    return e / (e + 2);
  }
  static V slope(V, V y) { return 1 - y * y; }
};

/// z (1 + tanh u) / 2 = z sigmoid(2 u), u = sqrt(2 / pi) (z + 0.044715 z^3).
struct Gelu {
  static constexpr bool needs_z = true;
  static constexpr float linear = 1.5957691216057307F;  // 2 sqrt(2 / pi)
  static constexpr float cubic = linear * 0.044715F;
  static V value(V z) { return z * Sigmoid::value(z * (linear + cubic * z * z)); }
  static V slope(V z, V) {
    const V square = z * z;
    const V s = Sigmoid::value(z * (linear + cubic * square));
    return s + z * (linear + 3 * cubic * square) * s * (1 - s);
  }
};

template <class F>
void activate(const float* z, float* y, Index count) {
  for (Index i = 0; i < count; i += simd::width) simd::store(y + i, F::value(simd::load(z + i)));
}

template <class F>
void differentiate(const float* z, const float* y, float* d, Index count) {
  for (Index i = 0; i < count; i += simd::width) {
    const V slope =
        F::needs_z ? F::slope(simd::load(z + i), V{}) : F::slope(V{}, simd::load(y + i));
    simd::store(d + i, simd::load(d + i) * slope);
  }
}

void activate(Activation activation, const float* z, float* y, Index count) {
  switch (activation) {
    case Activation::selu: return activate<Selu>(z, y, count);
    case Activation::relu: return activate<Relu>(z, y, count);
    case Activation::gelu: return activate<Gelu>(z, y, count);
    case Activation::tanh: return activate<Tanh>(z, y, count);
    case Activation::sigmoid: return activate<Sigmoid>(z, y, count);
    case Activation::identity:
      if (y != z) __builtin_memcpy(y, z, static_cast<std::size_t>(count) * sizeof(float));
  }
}

void differentiate(Activation activation, const float* z, const float* y, float* d, Index count) {
  switch (activation) {
    case Activation::selu: return differentiate<Selu>(z, y, d, count);
    case Activation::relu: return differentiate<Relu>(z, y, d, count);
    case Activation::gelu: return differentiate<Gelu>(z, y, d, count);
    case Activation::tanh: return differentiate<Tanh>(z, y, d, count);
    case Activation::sigmoid: return differentiate<Sigmoid>(z, y, d, count);
    case Activation::identity: return;
  }
}

}  // namespace
}  // namespace assay::mlp
