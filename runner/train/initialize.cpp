#include "runner/train/initialize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <stdexcept>

#include "assay/error.h"
#include "runner/train/fused.h"
#include "runner/train/threefry.h"

namespace assay::train {
namespace {

enum class Distribution { truncated_normal, uniform };

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

/// Computes the inverse of the error function for |x| < 0.9966, as XLA does on a CPU in float32:
/// the central branch of M. Giles, Approximating the erfinv function (GPU Computing Gems, 2010), on
/// Cephes' logarithms (S. L. Moshier), fused as XLA fuses them. The result equals jax.lax.erf_inv
/// of JAX 0.10.2.
float erf_inv(float x) {
  const float w = -log1p(-x * x);
  return x * polynomial(w - 2.5F, {2.81022636e-08F, 3.43273939e-07F, -3.5233877e-06F,
                                   -4.39150654e-06F, 0.00021858087F, -0.00125372503F,
                                   -0.00417768164F, 0.246640727F, 1.50140941F});
}

/// Draws from a standard normal, truncated at two deviations, by its inverse distribution function:
/// jax.random.truncated_normal(key, -2, 2).
void truncated_normal(Words key, std::span<float> out) {
  constexpr float root2 = 1.41421356F;
  const float limit = std::erf(root2);
  const float largest = std::nextafter(2.0F, 0.0F);
  uniform(key, -limit, limit, out);
  for (float& x : out) x = std::clamp(root2 * erf_inv(x), -largest, largest);
}

/// Implements jax.nn.initializers.variance_scaling: numbers of variance scale / fan.
void variance_scaling(Words key, double scale, double fan, Distribution distribution,
                      std::span<float> out) {
  const auto variance = static_cast<float>(scale / fan);
  float factor = 0;
  if (distribution == Distribution::uniform) {
    uniform(key, -1, 1, out);
    factor = std::sqrt(3 * variance);
  } else {
    constexpr float truncated_deviation = 0.87962566F;  // of a normal truncated at two deviations
    truncated_normal(key, out);
    factor = std::sqrt(variance) / truncated_deviation;
  }
  for (float& x : out) x *= factor;
}

}  // namespace

void initialize(std::uint64_t seed, int parameter, const Shape& shape, Initializer initializer,
                std::span<float> out) {
  if (initializer == Initializer::zeros || initializer == Initializer::ones) {
    std::ranges::fill(out, initializer == Initializer::ones ? 1.0F : 0.0F);
    return;
  }
  const std::size_t rank = shape.rank();
  if (rank < 2)
    throw Error(fmt::format(
        "a parameter of {} dimensions has no inputs and outputs to scale random numbers by; "
        "expected at least 2 dimensions, or the initializer zeros or ones",
        rank));
  const auto elements = static_cast<double>(shape.elements());
  const double fan_in = elements / static_cast<double>(shape[rank - 1]);
  const double fan_out = elements / static_cast<double>(shape[rank - 2]);
  const Words stream = fold_in(key(seed), static_cast<std::uint32_t>(parameter));
  const auto scaled = [&](double scale, double fan, Distribution distribution) {
    variance_scaling(stream, scale, fan, distribution, out);
  };
  switch (initializer) {
    case Initializer::lecun_normal: return scaled(1, fan_in, Distribution::truncated_normal);
    case Initializer::lecun_uniform: return scaled(1, fan_in, Distribution::uniform);
    case Initializer::he_normal: return scaled(2, fan_in, Distribution::truncated_normal);
    case Initializer::he_uniform: return scaled(2, fan_in, Distribution::uniform);
    case Initializer::glorot_normal:
      return scaled(1, (fan_in + fan_out) / 2, Distribution::truncated_normal);
    case Initializer::glorot_uniform:
      return scaled(1, (fan_in + fan_out) / 2, Distribution::uniform);
    case Initializer::zeros:
    case Initializer::ones: break;
  }
  throw std::invalid_argument("initialize: no such initializer");
}

void initialize(std::uint64_t seed, const ModelDescription& model,
                state::ParameterMemory& weights) {
  for (std::size_t i = 0; i < model.parameters.size(); ++i)
    initialize(seed, static_cast<int>(i), model.parameters[i].shape,
               model.parameters[i].initializer, weights.values(i));
}

}  // namespace assay::train
