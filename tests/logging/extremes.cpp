#include "runner/logging/extremes.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

using namespace assay::logging;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

BOOST_AUTO_TEST_SUITE(extremes)

BOOST_AUTO_TEST_CASE(the_first_step_of_the_smallest_and_of_the_largest_value_counts) {
  std::optional<Extremes> of;
  count(of, 0, std::nan(""));
  BOOST_TEST(!of.has_value());
  for (const auto& [step, value] : {std::pair(1, 0.5), std::pair(2, 0.25), std::pair(3, 0.25),
                                    std::pair(4, 0.75), std::pair(5, 0.75), std::pair(6, 0.5)})
    count(of, step, value);
  count(of, 7, std::nan(""));
  BOOST_CHECK((of == Extremes{0.25, 0.75, 2, 4}));
  count(of, 8, -infinity);
  count(of, 9, infinity);
  BOOST_CHECK((of == Extremes{-infinity, infinity, 8, 9}));
}

BOOST_AUTO_TEST_CASE(their_text_is_exact) {
  for (const Extremes& one :
       {Extremes{0.1, 1.0 / 3, 1, 123456789012345}, Extremes{-infinity, infinity, 0, 7},
        Extremes{-0.0, 5e-324, 2, 3}, Extremes{1e300, 1.7976931348623157e308, 9, 9}}) {
    const auto read = read_extremes(text_of(one));
    BOOST_REQUIRE(read.has_value());
    BOOST_CHECK(*read == one);
  }
  for (const char* wrong : {"", "1", "1 2 3", "1 2 3 4 5", "a 1 2 3", "1 1.5 2 3"})
    BOOST_TEST(!read_extremes(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_SUITE_END()
