// NumPy's legacy generator, numpy.random.RandomState, as far as shuffling needs it: scikit-learn
// uses it for splits. Its stream is frozen (NumPy NEP 19), so a split stays the same in future
// versions.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace assay::data {

/// Must not be used by several threads at once.
class RandomState {
 public:
  /// Equals numpy.random.RandomState(seed); NumPy takes 32 bits.
  explicit RandomState(std::uint32_t seed) : engine_(seed) {}
  /// Equals numpy.random.RandomState([words...]); takes at least one word.
  explicit RandomState(std::span<const std::uint32_t> words);

  /// Returns the numbers 0 to n - 1 in random order, like RandomState.permutation(n). 0 <= n <=
  /// 2^32.
  std::vector<std::int64_t> permutation(std::int64_t n);

 private:
  /// Returns a uniform number from 0 to `maximum`.
  std::uint32_t draw(std::uint32_t maximum);

  std::mt19937 engine_;
};

}  // namespace assay::data
