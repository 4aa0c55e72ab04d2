// NumPy's legacy generator, numpy.random.RandomState, as far as it shuffles: scikit-learn's splits
// are made with it. Its stream is frozen (NumPy NEP 19), so a split made today is the same in ten
// years.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace assay::data {

/// Not for several threads at once.
class RandomState {
 public:
  /// numpy.random.RandomState(seed); NumPy takes 32 bits.
  explicit RandomState(std::uint32_t seed) : engine_(seed) {}
  /// numpy.random.RandomState([words...]); at least one word.
  explicit RandomState(std::span<const std::uint32_t> words);

  /// The numbers 0 to n - 1 in random order, as RandomState.permutation(n). 0 <= n <= 2^32.
  std::vector<std::int64_t> permutation(std::int64_t n);

 private:
  /// Evenly from 0 to `maximum`.
  std::uint32_t draw(std::uint32_t maximum);

  std::mt19937 engine_;
};

}  // namespace assay::data
