#include "runner/data/split.h"

#include <array>
#include <string>

#include "assay/error.h"
#include "runner/data/random_state.h"
#include "tests/data/short_rows.h"
#include "tests/support/reference.h"

using assay::data::RandomState;
using assay::data::Split;
using assay::data::split;
using Rows = std::vector<std::int64_t>;

BOOST_AUTO_TEST_SUITE(splits)

BOOST_AUTO_TEST_CASE(the_tutorials_split_to_the_last_row) {
  const nlohmann::json expected = assay::test::read_json("split_seed0.json");
  const Split found = split(1797, {.test = 0.25, .seed = 0});
  BOOST_TEST(found.test == expected["test"].get<Rows>(), boost::test_tools::per_element());
  BOOST_TEST(found.train == expected["train"].get<Rows>(), boost::test_tools::per_element());
  BOOST_TEST(found.validation.empty());
}

BOOST_AUTO_TEST_CASE(other_sizes_and_seeds_equal_scikit_learn) {
  const nlohmann::json reference = assay::test::read_json("splits.json");
  for (const nlohmann::json& entry : reference["splits"]) {
    const auto rows = entry["rows"].get<std::int64_t>();
    const auto seed = entry["seed"].get<std::uint64_t>();
    BOOST_TEST_CONTEXT(rows << " rows, seed " << seed) {
      const Split found = split(rows, {.test = entry["test"].get<double>(), .seed = seed});
      assay::test::check_rows(found.test, entry["test_rows"]);
      assay::test::check_rows(found.train, entry["train_rows"]);
    }
  }
}

BOOST_AUTO_TEST_CASE(validation_lies_between_test_and_train_in_the_permutation) {
  const Split found = split(1797, {.test = 0.25, .validation = 0.1, .seed = 3});
  BOOST_TEST(found.test.size() == 450U);
  BOOST_TEST(found.validation.size() == 180U);
  Rows joined = found.test;
  joined.insert(joined.end(), found.validation.begin(), found.validation.end());
  joined.insert(joined.end(), found.train.begin(), found.train.end());
  BOOST_TEST(joined == RandomState(3).permutation(1797), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_upper_half_of_a_seed_counts) {
  const std::uint64_t seed = (std::uint64_t{1} << 32) + 5;
  const Rows expected = RandomState(std::array<std::uint32_t, 2>{5, 1}).permutation(100);
  BOOST_TEST(split(100, {.seed = seed}).train == expected);
  BOOST_TEST(split(100, {.seed = 5}).train != expected);
}

BOOST_AUTO_TEST_CASE(splits_that_cannot_be_are_refused) {
  const auto says = [](const std::string& part) {
    return [part](const assay::Error& error) {
      BOOST_TEST_MESSAGE(error.what());
      return std::string(error.what()).find(part) != std::string::npos;
    };
  };
  BOOST_CHECK_EXCEPTION(split(10, {.test = 1}), assay::Error, says("split.test"));
  BOOST_CHECK_EXCEPTION(split(10, {.validation = -0.1}), assay::Error, says("split.validation"));
  BOOST_CHECK_EXCEPTION(split(10, {.test = 0.5, .validation = 0.5}), assay::Error,
                        says("of 10 rows the test split takes 5 and the validation split 5"));
  BOOST_CHECK_EXCEPTION(split(1, {.test = 0.1}), assay::Error, says("no rows are left"));
  BOOST_CHECK_EXCEPTION(split(0, {}), assay::Error, says("of 0 rows"));
  BOOST_TEST(split(1, {}).train == Rows{0});
}

BOOST_AUTO_TEST_SUITE_END()
