// Random numbers by counting: Threefry-2x32 with 20 rounds (J. K. Salmon et al., Parallel Random
// Numbers: As Easy as 1, 2, 3, SC 2011), used as JAX 0.10 uses it with jax_threefry_partitionable.
// Any element of any stream can be had without those before it.
#pragma once

#include <cstdint>
#include <span>

namespace assay::train {

/// Two words: a key, a counter, or the bits that the one gives under the other.
struct Words {
  std::uint32_t high = 0;
  std::uint32_t low = 0;
  constexpr bool operator==(const Words&) const = default;
};

/// The high and the low half.
constexpr Words words(std::uint64_t x) {
  return {static_cast<std::uint32_t>(x >> 32), static_cast<std::uint32_t>(x)};
}

/// jax.random.key(seed), with 64-bit seeds as under jax_enable_x64.
constexpr Words key(std::uint64_t seed) { return words(seed); }

Words threefry(Words key, Words counter);

/// jax.random.fold_in(key, data): a key of its own for each number.
Words fold_in(Words key, std::uint32_t data);

/// jax.random.uniform(key, out.shape, float32, minimum, maximum): evenly from [minimum, maximum).
void uniform(Words key, float minimum, float maximum, std::span<float> out);

}  // namespace assay::train
