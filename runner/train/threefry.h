// A counter-based random generator: Threefry-2x32 with 20 rounds (J. K. Salmon et al., Parallel
// Random Numbers: As Easy as 1, 2, 3, SC 2011), as JAX 0.10 uses it with
// jax_threefry_partitionable. Any element of any stream can be computed without the preceding ones.
#pragma once

#include <cstdint>
#include <span>

namespace assay::train {

/// Two words: a key, a counter, or the random bits for a key and a counter.
struct Words {
  std::uint32_t high = 0;
  std::uint32_t low = 0;
  constexpr bool operator==(const Words&) const = default;
};

/// Returns the high and the low half.
constexpr Words words(std::uint64_t x) {
  return {static_cast<std::uint32_t>(x >> 32), static_cast<std::uint32_t>(x)};
}

/// Equals jax.random.key(seed), with 64-bit seeds as under jax_enable_x64.
constexpr Words key(std::uint64_t seed) { return words(seed); }

Words threefry(Words key, Words counter);

/// Equals jax.random.fold_in(key, data): a different key for each number.
Words fold_in(Words key, std::uint32_t data);

/// Equals jax.random.uniform(key, out.shape, float32, minimum, maximum): uniform in [minimum,
/// maximum).
void uniform(Words key, float minimum, float maximum, std::span<float> out);

}  // namespace assay::train
