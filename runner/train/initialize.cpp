#include "runner/train/initialize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "assay/error.h"
#include "runner/train/erf_inv.h"
#include "runner/train/threefry.h"

namespace assay::train {
namespace {

enum class Distribution { truncated_normal, uniform };

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
