#include "runner/data/random_state.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>

namespace assay::data {
namespace {

// Implements init_by_array of mt19937ar.c (M. Matsumoto, T. Nishimura, 2002), which NumPy uses for
// lists of words, in the form of a standard seed sequence. std::mt19937(seed) is already
// init_genrand.
class InitByArray {
 public:
  using result_type = std::uint32_t;
  explicit InitByArray(std::span<const std::uint32_t> words) : words_(words) {}

  template <class Iterator>
  void generate(Iterator begin, Iterator end) const {
    const std::span<std::uint32_t> state(begin, end);
    const std::size_t n = state.size();
    state[0] = 19650218;
    for (std::size_t i = 1; i < n; ++i) state[i] = 1812433253 * mixed(state[i - 1]) + word(i);

    std::size_t i = 1;
    const auto advance = [&] {
      if (++i < n) return;
      state[0] = state[n - 1];
      i = 1;
    };
    std::size_t j = 0;
    for (std::size_t k = std::max(n, words_.size()); k > 0; --k) {
      state[i] = (state[i] ^ (mixed(state[i - 1]) * 1664525)) + words_[j] + word(j);
      advance();
      j = (j + 1) % words_.size();
    }
    for (std::size_t k = n - 1; k > 0; --k) {
      state[i] = (state[i] ^ (mixed(state[i - 1]) * 1566083941)) - word(i);
      advance();
    }
    state[0] = 0x80000000;
  }

 private:
  static constexpr std::uint32_t mixed(std::uint32_t x) { return x ^ (x >> 30); }
  static constexpr std::uint32_t word(std::size_t x) { return static_cast<std::uint32_t>(x); }

  std::span<const std::uint32_t> words_;
};

std::mt19937 seeded(std::span<const std::uint32_t> words) {
  if (words.empty()) throw std::invalid_argument("RandomState: no words to seed from");
  InitByArray sequence(words);
  return std::mt19937(sequence);
}

}  // namespace

RandomState::RandomState(std::span<const std::uint32_t> words) : engine_(seeded(words)) {}

// Uses masked rejection: draws as many low bits as `maximum` has until they are not above it.
std::uint32_t RandomState::draw(std::uint32_t maximum) {
  const std::uint32_t mask = ~std::uint32_t{0} >> std::countl_zero(maximum | 1);
  for (;;) {
    const auto value = static_cast<std::uint32_t>(engine_()) & mask;
    if (value <= maximum) return value;
  }
}

std::vector<std::int64_t> RandomState::permutation(std::int64_t n) {
  if (n < 0 || n > std::int64_t{1} << 32)
    throw std::invalid_argument("RandomState::permutation: expected 0 to 2^32 rows, found " +
                                std::to_string(n));
  std::vector<std::int64_t> rows(static_cast<std::size_t>(n));
  std::iota(rows.begin(), rows.end(), 0);
  // With many rows most lie outside of the cache, so they are prefetched some swaps ahead.
  constexpr std::size_t ahead = 32;
  std::array<std::size_t, ahead> drawn;
  for (std::size_t last = rows.size(); last > 1;) {
    const std::size_t count = std::min(ahead, last - 1);
    for (std::size_t i = 0; i < count; ++i) {
      drawn[i] = draw(static_cast<std::uint32_t>(last - 1 - i));
      __builtin_prefetch(&rows[drawn[i]], 1);
    }
    for (std::size_t i = 0; i < count; ++i) std::swap(rows[--last], rows[drawn[i]]);
  }
  return rows;
}

}  // namespace assay::data
