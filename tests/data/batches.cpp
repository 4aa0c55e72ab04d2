#include "runner/data/batches.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <numeric>
#include <vector>

#include "assay/error.h"
#include "runner/data/random_state.h"

using assay::data::Batch;
using assay::data::Batches;
using Rows = std::vector<std::int64_t>;

namespace {

Rows identity(std::int64_t n) {
  Rows rows(static_cast<std::size_t>(n));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(batches)

BOOST_AUTO_TEST_CASE(the_last_batch_of_an_epoch_is_what_is_left) {
  const Batches batches(1347, 32, true, 0);
  BOOST_TEST(batches.steps_per_epoch() == 43);
  for (std::int64_t epoch : {0, 1, 24}) {
    std::int64_t next = 0;
    for (std::int64_t step = 0; step < 43; ++step) {
      const Batch batch = batches.batch(43 * epoch + step);
      BOOST_TEST(batch.epoch == epoch);
      BOOST_TEST(batch.first == next);
      BOOST_TEST(batch.rows == (step < 42 ? 32 : 3));
      next += batch.rows;
    }
    BOOST_TEST(next == 1347);
  }
}

BOOST_AUTO_TEST_CASE(a_batch_size_that_divides_leaves_none) {
  const Batches batches(96, 32, true, 0);
  BOOST_TEST(batches.steps_per_epoch() == 3);
  BOOST_TEST(batches.batch(2).rows == 32);
  BOOST_TEST(batches.batch(3).epoch == 1);
}

BOOST_AUTO_TEST_CASE(whole_batches_keep_the_order) {
  for (const Batches& batches :
       {Batches(50, std::nullopt, true, 7), Batches(50, 50, true, 7), Batches(50, 1000, true, 7)}) {
    BOOST_TEST(batches.whole());
    BOOST_TEST(batches.steps_per_epoch() == 1);
    BOOST_TEST(batches.batch(9).epoch == 9);
    BOOST_TEST(batches.batch(9).rows == 50);
    BOOST_TEST(batches.order(3) == identity(50));
  }
  BOOST_TEST(Batches(50, 8, false, 7).order(3) == identity(50));
}

BOOST_AUTO_TEST_CASE(every_epoch_is_shuffled_anew_by_the_seed) {
  const Batches batches(1347, 32, true, 0);
  for (std::int64_t epoch = 0; epoch < 5; ++epoch) {
    const Rows order = batches.order(epoch);
    Rows sorted = order;
    std::ranges::sort(sorted);
    BOOST_TEST(sorted == identity(1347));
    BOOST_TEST(order == Batches(1347, 64, true, 0).order(epoch));
    BOOST_TEST(order != identity(1347));
    BOOST_TEST(order != batches.order(epoch + 1));
    BOOST_TEST(order != Batches(1347, 32, true, 1).order(epoch));
    BOOST_TEST(order != Batches(1347, 32, true, std::uint64_t{1} << 32).order(epoch));
  }
}

// random_state.cpp compares these permutations with NumPy's.
BOOST_AUTO_TEST_CASE(the_order_is_numpys_for_seed_and_epoch) {
  using Words = std::vector<std::uint32_t>;
  const std::uint64_t seed = (std::uint64_t{1} << 32) + 5;
  const std::int64_t epoch = (std::int64_t{2} << 32) + 4'000'000'000;
  BOOST_TEST(Batches(70000, 32, true, seed).order(epoch) ==
             assay::data::RandomState(Words{5, 1, 4'000'000'000, 2}).permutation(70000));
}

BOOST_AUTO_TEST_CASE(no_rows_and_no_batch_are_refused) {
  BOOST_CHECK_THROW(Batches(0, std::nullopt, true, 0), assay::Error);
  BOOST_CHECK_THROW(Batches(0, 32, true, 0), assay::Error);
  BOOST_CHECK_THROW(Batches(10, 0, true, 0), assay::Error);
}

BOOST_AUTO_TEST_SUITE_END()
