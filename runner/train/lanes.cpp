#include "runner/train/lanes.h"

#include <algorithm>
#include <bit>

namespace assay::train {
namespace {

// Two blocks or more to a lane, and a power of two of lanes, so that 2, 4, 8 threads share them
// evenly.
std::int64_t default_lanes(std::int64_t blocks) {
  const auto pairs = static_cast<std::uint64_t>((blocks + 1) / 2);
  return std::min(static_cast<std::int64_t>(std::bit_floor(pairs)), Lanes::default_maximum);
}

}  // namespace

Lanes::Lanes(std::int64_t rows, const LaneRule& rule)
    : rows_(rows), block_rows_(std::max<std::int64_t>(rows, 1)) {
  if (!rule.whole) block_rows_ = std::min(block_rows_, rule.block_rows);
  const std::int64_t blocks = std::max<std::int64_t>((rows + block_rows_ - 1) / block_rows_, 1);
  count_ = rule.lanes ? std::clamp<std::int64_t>(*rule.lanes, 1, blocks) : default_lanes(blocks);
  blocks_per_lane_ = blocks / count_;
  longer_lanes_ = blocks % count_;
}

Range Lanes::lane(std::int64_t index) const {
  const auto first_row = [&](std::int64_t lane) {
    const std::int64_t block = lane * blocks_per_lane_ + std::min(lane, longer_lanes_);
    return std::min(block * block_rows_, rows_);
  };
  return {first_row(index), first_row(index + 1) - first_row(index)};
}

}  // namespace assay::train
