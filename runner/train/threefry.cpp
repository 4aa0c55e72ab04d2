#include "runner/train/threefry.h"

#include <algorithm>
#include <array>
#include <bit>

#include "runner/train/fused.h"

namespace assay::train {

Words threefry(Words key, Words counter) {
  constexpr std::array<std::array<int, 4>, 2> rotations = {{{13, 15, 26, 6}, {17, 29, 16, 24}}};
  const std::array<std::uint32_t, 3> keys = {key.high, key.low, key.high ^ key.low ^ 0x1BD11BDA};
  std::uint32_t x = counter.high + keys[0];
  std::uint32_t y = counter.low + keys[1];
  for (std::uint32_t i = 0; i < 5; ++i) {
    for (int rotation : rotations[i % 2]) {
      x += y;
      y = std::rotl(y, rotation) ^ x;
    }
    x += keys[(i + 1) % 3];
    y += keys[(i + 2) % 3] + i + 1;
  }
  return {x, y};
}

Words fold_in(Words key, std::uint32_t data) { return threefry(key, {0, data}); }

void uniform(Words key, float minimum, float maximum, std::span<float> out) {
  const float range = maximum - minimum;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Words drawn = threefry(key, words(i));
    const std::uint32_t bits = drawn.high ^ drawn.low;
    // Use the upper 23 bits as the mantissa of a number in [1, 2).
    const float unit = std::bit_cast<float>(0x3F800000 | (bits >> 9)) - 1;
    out[i] = std::max(minimum, fused(unit, range, minimum));
  }
}

}  // namespace assay::train
