#include "runner/data/random_state.h"

#include "tests/data/short_rows.h"
#include "tests/support/reference.h"

using assay::data::RandomState;

BOOST_AUTO_TEST_SUITE(random_state)

BOOST_AUTO_TEST_CASE(permutations_seeded_with_words_equal_numpy) {
  const nlohmann::json reference = assay::test::read_json("splits.json");
  for (const nlohmann::json& entry : reference["permutations"]) {
    BOOST_TEST_CONTEXT(entry["rows"] << " rows, " << entry["words"].size() << " words") {
      RandomState state(
          std::span<const std::uint32_t>(entry["words"].get<std::vector<std::uint32_t>>()));
      assay::test::check_rows(state.permutation(entry["rows"].get<std::int64_t>()), entry["order"]);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_smallest_permutations) {
  RandomState state(0);
  BOOST_TEST(state.permutation(0).empty());
  BOOST_TEST(state.permutation(1) == std::vector<std::int64_t>{0});
}

BOOST_AUTO_TEST_CASE(refuses_what_it_cannot_do) {
  BOOST_CHECK_THROW(RandomState(0).permutation(-1), std::invalid_argument);
  BOOST_CHECK_THROW(RandomState(0).permutation((std::int64_t{1} << 32) + 1), std::invalid_argument);
  BOOST_CHECK_THROW(RandomState(std::span<const std::uint32_t>()), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
