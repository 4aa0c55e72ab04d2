// Elementary functions of whole vectors, accurate to about an ulp or two of float32.
// NaN gives NaN. Compiled once per instruction set: see simd/vector.h.
#pragma once

#include <cstdint>

#include "simd/vector.h"

namespace assay::simd {
namespace {

/// Computes e^x = 2^n (1 + p) with n a whole number and |p| < 0.42, for |x| <= 110, or NaN.
struct Exponential {
  I n;
  V p;
};

inline Exponential reduce(V x) {
  constexpr float log2_e = 1.44269504088896341F;
  // ln 2 = 355/512 - 2.12194440e-4, so n times the first part is exact.
  constexpr float ln2_high = 0.693359375F;
  constexpr float ln2_low = -2.12194440054690583e-4F;
  // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the lowest bits.
  const V shift = splat(12582912.0F);
  const V shifted = x * log2_e + shift;
  const V n = shifted - shift;
  const V r = (x - n * ln2_high) - n * ln2_low;
  // This is the best approximation of (e^r - 1 - r) / r^2 by such a polynomial. With |r| <= ln 2 /
  // 2, e^r - 1 has a relative error of 2e-8.
  V series = splat(1.3882517e-3F);
  series = series * r + 8.3665475e-3F;
  series = series * r + 4.16672e-2F;
  series = series * r + 0.16666543F;
  series = series * r + 0.49999997F;
  return {bits(shifted) - bits(shift), r * r * series + r};
}

/// Returns 2^n for -126 <= n <= 127.
inline V power_of_two(I n) { return from_bits((n + 127) << 23); }

/// Returns e^x for any x; gradual underflow, and 0 and infinity beyond the range of float32.
inline V exp(V x) {
  x = x < -104.0F ? splat(-104.0F) : x;
  x = x > 89.0F ? splat(89.0F) : x;
  const Exponential e = reduce(x);
  const I half = e.n >> 1;
  const V first = power_of_two(half);
  return (e.p * first + first) * power_of_two(e.n - half);
}

/// Returns e^x - 1 for x <= 88, and an arbitrary number beyond that.
inline V expm1_below(V x) {
  x = x < -87.0F ? splat(-87.0F) : x;
  const Exponential e = reduce(x);
  const V scale = power_of_two(e.n);
  return e.p * scale + (scale - 1.0F);
}

/// Returns e^x - 1 for any x; beyond 88 it stays at e^88.
inline V expm1(V x) { return expm1_below(x > 88.0F ? splat(88.0F) : x); }

/// Returns the natural logarithm of a normal number x > 0; infinity gives a finite number.
inline V log(V x) {
  // x = 2^n m with sqrt(1/2) <= m < sqrt(2); log m = 2 artanh((m - 1) / (m + 1)).
  const I offset = (bits(x) - 0x3f3504f3) & static_cast<std::int32_t>(0xff800000);
  const V m = from_bits(bits(x) - offset);
  const V n = __builtin_convertvector(offset >> 23, V);
  const V s = (m - 1.0F) / (m + 1.0F);
  const V square = s * s;
  V series = splat(2.0F / 9);
  series = series * square + 2.0F / 7;
  series = series * square + 2.0F / 5;
  series = series * square + 2.0F / 3;
  series = series * square * s + 2.0F * s;
  const V result = n * -2.12194440054690583e-4F + series + n * 0.693359375F;
  return x == x ? result : x;
}

/// Returns log(1 + x) for x >= 0, with the same accuracy for small x.
inline V log1p(V x) {
  const V u = x + 1.0F;
  return log(u) + (x - (u - 1.0F)) / u;
}

}  // namespace
}  // namespace assay::simd
