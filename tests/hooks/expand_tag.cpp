#include "runner/hooks/expand_tag.h"

#include <boost/test/unit_test.hpp>

using assay::hooks::expand_tag;

BOOST_AUTO_TEST_SUITE(expanded_tags)

BOOST_AUTO_TEST_CASE(step_and_epoch_are_filled_in) {
  BOOST_TEST(expand_tag("Loss", 5, 2) == "Loss");
  BOOST_TEST(expand_tag("", 5, 2) == "");
  BOOST_TEST(expand_tag("\\${step} ${step} ${x} \\${", 5, 2) == "${step} 5 ${x} ${");
  BOOST_TEST(expand_tag("Step ${step} Accuracy Testsheet", 500, 12) ==
             "Step 500 Accuracy Testsheet");
  BOOST_TEST(expand_tag("${epoch}/${step}/${epoch}", 500, 12) == "12/500/12");
  BOOST_TEST(expand_tag("${step}${step}", 0, 0) == "00");
}

BOOST_AUTO_TEST_CASE(other_dollars_stay) {
  BOOST_TEST(expand_tag("5 $, $step, ${ste}, ${step", 1, 2) == "5 $, $step, ${ste}, ${step");
  BOOST_TEST(expand_tag("$${step}}", 3, 2) == "$3}");
}

BOOST_AUTO_TEST_SUITE_END()
