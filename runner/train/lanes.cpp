#include "runner/train/lanes.h"

#include <algorithm>
#include <bit>

namespace assay::train {
namespace {

// Returns a power of two, so that 2, 4, 8 threads share the lanes evenly. Adding up a lane costs
// time too, so there are more than four lanes only if they get about two blocks each.
std::int64_t default_lanes(std::int64_t blocks) {
  const auto below = [](std::int64_t n) {
    return static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(n)));
  };
  return std::clamp(below((blocks + 1) / 2), std::min<std::int64_t>(below(blocks), 4),
                    Lanes::default_maximum);
}

}  // namespace

Lanes::Lanes(std::int64_t rows, const LaneRule& rule)
    : rows_(rows), block_rows_(std::max<std::int64_t>(rows, 1)) {
  if (!rule.whole) block_rows_ = std::min(block_rows_, rule.block_rows);
  const bool rest = rows % block_rows_ > block_rows_ / 4;
  blocks_ = std::max<std::int64_t>(rows / block_rows_ + (rest ? 1 : 0), 1);
  count_ = rule.lanes ? std::clamp<std::int64_t>(*rule.lanes, 1, blocks_) : default_lanes(blocks_);
  blocks_per_lane_ = blocks_ / count_;
  longer_lanes_ = blocks_ % count_;
}

std::int64_t Lanes::tallest_block() const {
  return std::max(block_rows_, block(blocks_ - 1).count);
}

std::int64_t Lanes::first_block(std::int64_t lane) const {
  return lane * blocks_per_lane_ + std::min(lane, longer_lanes_);
}

Range Lanes::block(std::int64_t index) const {
  const std::int64_t first = index * block_rows_;
  return {first, index + 1 < blocks_ ? block_rows_ : rows_ - first};
}

}  // namespace assay::train
