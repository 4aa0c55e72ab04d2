#include "runner/base/fitted.h"

#include <boost/test/unit_test.hpp>
#include <string>

namespace assay::test {

using base::cut;
using base::wrapped;
using base::wrapped_words;

BOOST_AUTO_TEST_SUITE(fitted)

BOOST_AUTO_TEST_CASE(a_line_that_fits_stays_as_it_is) {
  BOOST_TEST(wrapped("  a  b ", 7, 4) == "  a  b ");
  BOOST_TEST(wrapped("", 7, 4) == "");
  BOOST_TEST(wrapped("many words that no terminal cuts", {}, 4) ==
             "many words that no terminal cuts");
}

BOOST_AUTO_TEST_CASE(lines_end_at_blanks) {
  BOOST_TEST(wrapped("  data    digits: 1,347 train", 20, 10) ==
             "  data    digits:\n          1,347\n          train");
  BOOST_TEST(wrapped("one   two", 5, 2) == "one\n  two");
}

BOOST_AUTO_TEST_CASE(a_word_that_fits_on_a_line_is_not_broken) {
  // Behind the indent there is room for ten columns.
  BOOST_TEST(wrapped("  model   mlp, 17,610 parameters", 20, 10) ==
             "  model   mlp,\n          17,610\n          parameters");
  BOOST_TEST(wrapped("  loss    softmax_cross_entropy", 22, 10) ==
             "  loss\n softmax_cross_entropy");
  BOOST_TEST(wrapped("          learning_rate 0.1", 20, 10) ==
             "       learning_rate\n          0.1");
}

BOOST_AUTO_TEST_CASE(a_word_that_is_wider_than_the_terminal_is_broken) {
  BOOST_TEST(wrapped("a bbbbbbbbbb", 4, 2) == "a\nbbbb\nbbbb\n  bb");
  BOOST_TEST(wrapped("損失損失", 5, 2) == "損失\n 損失");
  BOOST_TEST(wrapped("損失", 1, 0) == "損\n失");
}

BOOST_AUTO_TEST_CASE(words_to_copy_are_never_broken) {
  BOOST_TEST(wrapped_words("see /a/very/long/path or not", 8, 2) ==
             "see\n/a/very/long/path\n  or not");
  BOOST_TEST(wrapped_words("try `assay run a.yaml` or so", 16, 2) ==
             "try\n`assay run a.yaml`\n  or so");
  BOOST_TEST(wrapped_words("it`s a b c", 6, 2) == "it`s a\n  b c");
  BOOST_TEST(wrapped_words("one two\n  three four", 7, 4) == "one two\n  three\n   four");
}

BOOST_AUTO_TEST_CASE(a_prefix_is_never_broken) {
  const std::string place = "my config.yaml:1:2:";
  BOOST_TEST(wrapped_words(place + " error: bad", 10, 2, place.size()) ==
             place + "\n  error:\n  bad");
}

BOOST_AUTO_TEST_CASE(what_is_cut_says_so) {
  BOOST_TEST(cut("abcdef", 6) == "abcdef");
  BOOST_TEST(cut("abcdef", 5) == "abc..");
  BOOST_TEST(cut("abcdef", 2) == "a.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
