#include "runner/base/pattern.h"

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>

using namespace assay;

namespace {

std::string matched(const std::string& pattern, const std::string& text) {
  const auto texts = base::match(pattern, text);
  if (!texts) return "no";
  std::string joined;
  for (const std::string& each : *texts) joined += "<" + each + ">";
  return joined;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pattern)

// That the pattern fits agrees with Python's fnmatch.fnmatchcase; the texts are those of the
// groups of re.fullmatch with `(.*?)` for each star.
BOOST_AUTO_TEST_CASE(stars_stand_for_any_text) {
  struct Case {
    std::string pattern, text, expected;
  };
  const std::array<Case, 22> cases = {{{"a", "a", ""},
                                       {"a", "b", "no"},
                                       {"", "", ""},
                                       {"", "a", "no"},
                                       {"*", "", "<>"},
                                       {"*", "layer1.kernel", "<layer1.kernel>"},
                                       {"layer1.*", "layer1.kernel", "<kernel>"},
                                       {"layer1.*", "layer1.", "<>"},
                                       {"layer1.*", "layer10.kernel", "no"},
                                       {"*.bias", "a.b.bias", "<a.b>"},
                                       {"*.bias", "bias", "no"},
                                       {"*a*", "banana", "<b><nana>"},
                                       {"*a*a", "banana", "<b><nan>"},
                                       {"a*a", "a", "no"},
                                       {"a*a", "aa", "<>"},
                                       {"ab*ba", "aba", "no"},
                                       {"**", "ab", "<><ab>"},
                                       {"*.*.*", "a.b.c.d", "<a><b><c.d>"},
                                       {"*aab", "aaab", "<a>"},
                                       {"a.c", "abc", "no"},
                                       {"[a]*", "[a]b", "<b>"},
                                       {"a?", "ab", "no"}}};
  for (const auto& [given, text, expected] : cases)
    BOOST_TEST(matched(given, text) == expected, given << " on " << text);
}

BOOST_AUTO_TEST_CASE(texts_fill_the_stars_of_another_pattern) {
  BOOST_TEST(base::filled("layer*.*", {"1", "kernel"}) == "layer1.kernel");
  BOOST_TEST(base::filled("layer1.kernel", {}) == "layer1.kernel");
  BOOST_TEST(base::filled("*", {"a*b"}) == "a*b");
}

// Backtracking would take longer than the universe has existed.
BOOST_AUTO_TEST_CASE(many_stars_end) {
  std::string stars;
  for (int i = 0; i < 200; ++i) stars += "a*";
  BOOST_TEST(!base::match(stars + "b", std::string(5000, 'a')).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
