#include "runner/train/lanes.h"

#include <algorithm>
#include <bit>

namespace assay::train {
namespace {

constexpr std::int64_t divide_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// Two blocks or more to a lane, and a power of two of lanes, so that 2, 4, 8 threads share them
// evenly.
std::int64_t default_lanes(std::int64_t rows, std::int64_t block_rows) {
  const auto pairs = static_cast<std::uint64_t>(std::max<std::int64_t>(rows / (2 * block_rows), 1));
  return std::min<std::int64_t>(static_cast<std::int64_t>(std::bit_floor(pairs)), Lanes::maximum);
}

// The blocks of a lane as even as multiples of 4 rows allow, so that none is left with a few rows.
std::int64_t even_height(std::int64_t lane_rows, std::int64_t block_rows) {
  const std::int64_t blocks = divide_up(lane_rows, block_rows);
  return std::min(divide_up(divide_up(lane_rows, blocks), 4) * 4, block_rows);
}

}  // namespace

Lanes::Lanes(std::int64_t rows, const LaneRule& rule) : rows_(rows) {
  if (rule.whole) {
    count_ = 1;
    block_rows_ = std::max<std::int64_t>(rows, 1);
    return;
  }
  count_ = std::clamp<std::int64_t>(rule.lanes.value_or(default_lanes(rows, rule.block_rows)), 1,
                                    std::max<std::int64_t>(rows, 1));
  const std::int64_t lane_rows = std::max<std::int64_t>(divide_up(rows, count_), 1);
  block_rows_ = rule.exact_blocks ? rule.block_rows : even_height(lane_rows, rule.block_rows);
}

Range Lanes::lane(std::int64_t index) const {
  const std::int64_t size = rows_ / count_, longer = rows_ % count_;
  return {index * size + std::min(index, longer), size + (index < longer ? 1 : 0)};
}

}  // namespace assay::train
