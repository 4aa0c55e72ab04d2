#include "runner/train/erf_inv.h"

#include <cmath>
#include <initializer_list>

#include "runner/train/fused.h"

namespace assay::train {
namespace {

/// Evaluates a polynomial with Horner's scheme, from the highest power.
float polynomial(float x, std::initializer_list<float> coefficients) {
  float sum = 0;
  for (float coefficient : coefficients) sum = fused(sum, x, coefficient);
  return sum;
}

/// Computes Cephes' logf, in three parts by powers of x^3.
float log(float value) {
  constexpr float root_half = 0.707106781F;
  constexpr float ln2_high = 0.693359375F;
  constexpr float ln2_low = -2.12194440e-4F;
  int exponent = 0;
  const float mantissa = std::frexp(value, &exponent);
  const bool low = mantissa < root_half;
  const float x = low ? mantissa - 1 + mantissa : mantissa - 1;
  const auto e = static_cast<float>(low ? exponent - 1 : exponent);

  const float x2 = x * x;
  const float x3 = x2 * x;
  const float upper = polynomial(x, {7.0376836292e-2F, -1.1514610310e-1F, 1.1676998740e-1F});
  const float middle = polynomial(x, {-1.2420140846e-1F, 1.4249322787e-1F, -1.6668057665e-1F});
  const float lower = polynomial(x, {2.0000714765e-1F, -2.4999993993e-1F, 3.3333331174e-1F});
  const float rest = fused(fused(fused(upper, x3, middle), x3, lower), x3, ln2_low * e);
  return x - 0.5F * x2 + rest + ln2_high * e;
}

/// Computes log(1 + x): Cephes' log1p near zero, as a quotient of polynomials.
float log1p(float x) {
  if (std::abs(x) >= 0.414213562F) return log(x + 1);
  const float numerator =
      polynomial(x, {4.5270000862445199635e-5F, 4.9854102823193375972e-1F, 6.5787325942061044847F,
                     2.9911919328553073277e1F, 6.0949667980987787058e1F, 5.7112963590585538103e1F,
                     2.0039553499201281259e1F});
  const float denominator = polynomial(
      x, {1.0F, 1.5062909083469192044e1F, 8.3047565967967209469e1F, 2.2176239823732856465e2F,
          3.0909872225312059775e2F, 2.1642788614495947686e2F, 6.0118660497603843919e1F});
  const float x2 = x * x;
  return x + fused(-0.5F, x2, x * x2 * (numerator / denominator));
}

}  // namespace

float erf_inv(float x) {
  const float w = -log1p(-x * x);
  return x * polynomial(w - 2.5F, {2.81022636e-08F, 3.43273939e-07F, -3.5233877e-06F,
                                   -4.39150654e-06F, 0.00021858087F, -0.00125372503F,
                                   -0.00417768164F, 0.246640727F, 1.50140941F});
}

}  // namespace assay::train
