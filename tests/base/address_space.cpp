#include "runner/base/address_space.h"

#include <boost/test/unit_test.hpp>

#include "assay/stamp.h"
#include "tests/base/address_space_limit.h"

using namespace assay::test;
using assay::base::AddressSpace;
using assay::base::can_map;
using assay::base::limit_on_mapping;

BOOST_AUTO_TEST_SUITE(address_space)

BOOST_AUTO_TEST_CASE(without_a_limit_there_is_room) {
  BOOST_TEST(!AddressSpace::of_this_process());
  BOOST_TEST(can_map(std::size_t{64} << 20));
  BOOST_TEST(limit_on_mapping() == "the machine has no more");
}

BOOST_AUTO_TEST_CASE(what_a_limit_leaves_can_be_mapped) {
  if (assay::stamp::sanitizers != "none") return;  // they have mapped more than any limit
  const AddressSpaceLimit limit(std::size_t{16} << 20);
  BOOST_TEST(can_map(std::size_t{8} << 20));
  BOOST_TEST(!can_map(std::size_t{32} << 20));
  const auto here = AddressSpace::of_this_process();
  BOOST_REQUIRE(here.has_value());
  BOOST_TEST(here->peak > 0U);
  BOOST_TEST(limit_on_mapping().starts_with("`ulimit -v` allows "));
}

BOOST_AUTO_TEST_CASE(little_that_is_left_is_none) {
  constexpr std::uint64_t mebi = 1 << 20;
  BOOST_TEST((AddressSpace{60 * mebi, 60 * mebi}.has_run_out()));
  BOOST_TEST((AddressSpace{60 * mebi, 57 * mebi}.has_run_out()));
  BOOST_TEST(!(AddressSpace{60 * mebi, 50 * mebi}.has_run_out()));
  BOOST_TEST((AddressSpace{1600 * mebi, 1510 * mebi}.has_run_out()));
  BOOST_TEST(!(AddressSpace{1600 * mebi, 1490 * mebi}.has_run_out()));
}

BOOST_AUTO_TEST_SUITE_END()
