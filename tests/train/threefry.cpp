#include "runner/train/threefry.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <vector>

#include "tests/support/reference.h"

using assay::train::Words;

BOOST_AUTO_TEST_SUITE(threefry)

// These are the known answers for "threefry2x32 20" in Random123's kat_vectors.
BOOST_AUTO_TEST_CASE(known_answers) {
  const auto gives = [](Words key, Words counter, Words expected) {
    return assay::train::threefry(key, counter) == expected;
  };
  BOOST_TEST(gives({0, 0}, {0, 0}, {0x6b200159, 0x99ba4efe}));
  BOOST_TEST(gives({0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}, {0x1cb996fc, 0xbb002be7}));
  BOOST_TEST(gives({0x13198a2e, 0x03707344}, {0x243f6a88, 0x85a308d3}, {0xc4923a9c, 0x483df7a0}));
}

BOOST_AUTO_TEST_CASE(uniforms_equal_jax_to_the_bit) {
  const nlohmann::json reference = assay::test::read_json("initializers.json");
  for (const nlohmann::json& entry : reference["uniforms"]) {
    std::vector<float> found(entry["n"].get<std::size_t>());
    assay::train::uniform(assay::train::fold_in(assay::train::key(entry["seed"]), entry["data"]),
                          entry["minimum"], entry["maximum"], found);
    const auto first = entry["first"].get<std::vector<float>>();
    const auto last = entry["last"].get<std::vector<float>>();
    BOOST_TEST(std::equal(first.begin(), first.end(), found.begin()));
    BOOST_TEST(std::equal(last.rbegin(), last.rend(), found.rbegin()));
    double sum = 0;
    for (float x : found) sum += x;
    BOOST_TEST_MESSAGE("sum " << sum << ", JAX " << entry["sum"]);
    BOOST_TEST(sum == entry["sum"].get<double>(), boost::test_tools::tolerance(1e-12));
  }
}

BOOST_AUTO_TEST_SUITE_END()
