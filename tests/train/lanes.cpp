#include "runner/train/lanes.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <limits>

using assay::train::LaneRule;
using assay::train::Lanes;
using assay::train::Range;

namespace {

LaneRule rule(std::int64_t block_rows) {
  LaneRule rule;
  rule.block_rows = block_rows;
  return rule;
}

// Checks that lanes cover all rows once and in order. All blocks except the last one must be full;
// the last one has at most a quarter more. Lanes may differ by one block at most.
void check(const Lanes& lanes) {
  std::int64_t next = 0, least = lanes.rows(), most = 0, tallest = lanes.block_rows();
  for (std::int64_t i = 0; i < lanes.count(); ++i) {
    std::int64_t blocks = 0;
    lanes.visit_blocks(i, [&](Range block) {
      BOOST_TEST(block.first == next);
      next += block.count;
      if (next < lanes.rows()) BOOST_TEST(block.count == lanes.block_rows());
      BOOST_TEST((block.count > 0 || lanes.rows() == 0));
      tallest = std::max(tallest, block.count);
      ++blocks;
    });
    BOOST_TEST(blocks >= 1);
    least = std::min(least, blocks);
    most = std::max(most, blocks);
  }
  BOOST_TEST(next == lanes.rows());
  BOOST_TEST(most - least <= 1);
  BOOST_TEST(lanes.block_rows() >= 1);
  BOOST_TEST(lanes.tallest_block() == tallest);
  BOOST_TEST(tallest <= lanes.block_rows() + lanes.block_rows() / 4);
}

std::int64_t rows_of_lane(const Lanes& lanes, std::int64_t lane) {
  std::int64_t rows = 0;
  lanes.visit_blocks(lane, [&](Range block) { rows += block.count; });
  return rows;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(lanes)

BOOST_AUTO_TEST_CASE(all_rows_are_covered_once_in_order) {
  for (const std::int64_t rows : {0, 1, 2, 3, 31, 32, 63, 64, 65, 127, 128, 129, 450, 1347, 60000})
    for (const std::int64_t block : {1, 3, 32, 64, 128, 1000})
      for (const std::int64_t asked : {0, 1, 2, 5, 16, 64}) {
        LaneRule r = rule(block);
        if (asked > 0) r.lanes = asked;
        BOOST_TEST_CONTEXT(rows << " rows, blocks of " << block << ", " << asked << " lanes") {
          const Lanes lanes(rows, r);
          check(lanes);
          BOOST_TEST(lanes.block_rows() == std::clamp<std::int64_t>(rows, 1, block));
          BOOST_TEST(lanes.count() <= (asked == 0 ? Lanes::default_maximum : asked));
        }
      }
}

// Computed by hand: a power of two of lanes, up to four with one block, then with two or more
// blocks.
BOOST_AUTO_TEST_CASE(the_cut_follows_from_the_shapes) {
  struct Case {
    std::int64_t rows, block, lanes, first_lane;
  };
  for (const Case& c : {Case{1347, 64, 8, 192},   // 21 blocks: 3 3 3 3 3 2 2 2, 67 rows in the last
                        Case{450, 64, 4, 128},    // 7 blocks: 2 2 2 1, 66 rows in the last
                        Case{80, 64, 1, 80},      // a quarter more
                        Case{81, 64, 2, 64},      // more than that: 64 and 17
                        Case{384, 64, 4, 128},    // 6 blocks: 2 2 1 1
                        Case{256, 128, 2, 128},   //
                        Case{256, 64, 4, 64},     //
                        Case{255, 64, 4, 64},     // 63 in the last
                        Case{192, 64, 2, 128},    //
                        Case{128, 64, 2, 64},     //
                        Case{64, 64, 1, 64},      //
                        Case{32, 64, 1, 32},      //
                        Case{3, 64, 1, 3},        //
                        Case{1, 64, 1, 1},        //
                        Case{1347, 128, 4, 384},  // 11 blocks: 3 3 3 2
                        Case{60000, 64, 16, 59 * 64}, Case{1347, 1, 16, 85}}) {
    const Lanes lanes(c.rows, rule(c.block));
    BOOST_TEST_CONTEXT(c.rows << " rows in blocks of " << c.block) {
      BOOST_TEST(lanes.count() == c.lanes);
      BOOST_TEST(rows_of_lane(lanes, 0) == c.first_lane);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_the_config_asks_for_is_done) {
  LaneRule r = rule(50);
  r.lanes = 5;
  BOOST_TEST(Lanes(1347, r).count() == 5);
  BOOST_TEST(Lanes(1347, r).block_rows() == 50);
  BOOST_TEST(rows_of_lane(Lanes(1347, r), 0) == 300);       // 27 blocks: 6 6 5 5 5
  BOOST_TEST(Lanes(120, r).count() == 3);                   // no more than there are blocks
  r.block_rows = std::numeric_limits<std::int64_t>::max();  // no memory for more than all rows
  BOOST_TEST(Lanes(1347, r).block_rows() == 1347);
  BOOST_TEST(Lanes(1347, r).count() == 1);
}

BOOST_AUTO_TEST_CASE(whole_batches_are_one_block) {
  LaneRule r = rule(64);
  r.whole = true;
  r.lanes = 4;
  const Lanes lanes(1347, r);
  check(lanes);
  BOOST_TEST(lanes.count() == 1);
  BOOST_TEST(lanes.block_rows() == 1347);
}

// The gradient buffers are allocated for the largest batch.
BOOST_AUTO_TEST_CASE(fewer_rows_never_need_more_lanes) {
  std::int64_t before = 0;
  for (std::int64_t rows = 1; rows < 3000; ++rows) {
    const std::int64_t count = Lanes(rows, rule(64)).count();
    BOOST_TEST(count >= before);
    before = count;
  }
}

BOOST_AUTO_TEST_SUITE_END()
