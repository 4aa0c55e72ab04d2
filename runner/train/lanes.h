// Divides the rows of a batch or split into a fixed number of lanes, and each lane into blocks.
//
// The division depends on the shapes alone, never on threads, caches or the CPU. One thread
// processes a lane in row order; lanes are added up in index order. So any number of threads gives
// the same bits.
#pragma once

#include <cstdint>
#include <optional>

namespace assay::train {

struct LaneRule {
  std::int64_t block_rows = 64;       ///< the model's preference, or the config's; at least 1
  std::optional<std::int64_t> lanes;  ///< set in the config
  bool whole = false;                 ///< the model takes whole batches only
};

struct Range {
  std::int64_t first = 0;
  std::int64_t count = 0;
};

class Lanes {
 public:
  static constexpr std::int64_t default_maximum = 16;

  Lanes(std::int64_t rows, const LaneRule& rule);

  std::int64_t rows() const { return rows_; }
  std::int64_t count() const { return count_; }
  /// Returns the number of blocks in all lanes.
  std::int64_t blocks() const { return blocks_; }
  /// Returns the number of rows in every block except the last; at most the number of all rows.
  std::int64_t block_rows() const { return block_rows_; }
  /// Returns the number of rows in the tallest block. The last block has at most a quarter more
  /// than the others: fewer rows than that are not worth a separate block, because a kernel needs
  /// nearly as much time for a few rows as for many.
  std::int64_t tallest_block() const;
  /// Returns the rows of a block; blocks are numbered from 0 in row order, over all lanes.
  Range block(std::int64_t index) const;
  /// Returns the number of blocks of a lane.
  std::int64_t blocks(std::int64_t lane) const { return first_block(lane + 1) - first_block(lane); }
  /// Returns the rows of a block of a lane.
  Range block(std::int64_t lane, std::int64_t index) const {
    return block(first_block(lane) + index);
  }
  /// Calls visit(Range) with the blocks of a lane in row order; lanes differ by one block at most.
  template <class Visit>
  void visit_blocks(std::int64_t lane, Visit&& visit) const {
    for (std::int64_t i = first_block(lane); i < first_block(lane + 1); ++i) visit(block(i));
  }

 private:
  std::int64_t first_block(std::int64_t lane) const;

  std::int64_t rows_;
  std::int64_t block_rows_;
  std::int64_t blocks_;
  std::int64_t count_;
  std::int64_t blocks_per_lane_;
  std::int64_t longer_lanes_;  ///< this many lanes at the start have one more block
};

}  // namespace assay::train
