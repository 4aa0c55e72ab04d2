#include "runner/config/scalar_extent.h"

#include <boost/test/unit_test.hpp>

namespace assay::test {

BOOST_AUTO_TEST_SUITE(scalar_extent)

BOOST_AUTO_TEST_CASE(extents) {
  BOOST_TEST(config::scalar_end("a: 'it''s' # x", 3, "it's") == 10U);
  BOOST_TEST(config::scalar_end("a: \"\\\"\" b", 3, "\"") == 7U);
  BOOST_TEST(config::scalar_end("a: b c # x", 3, "b c") == 6U);
  BOOST_TEST(config::scalar_end("a: b\n  c", 3, "b c") == 4U);
  BOOST_TEST(config::unclosed_quote("a: \"x\" # \"\nb: 'y", 0) == 14U);
  BOOST_TEST(config::unclosed_quote("a: don't", 0) == std::string_view::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
