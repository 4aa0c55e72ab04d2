#include "runner/config/mistakes/layout.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace assay::test {
namespace {

// Returns the first words of the lines.
std::vector<std::string> lines(std::string_view text) {
  std::vector<std::string> result;
  for (const config::Line& line : config::layout_of(text, text.size()).lines)
    result.emplace_back(line.entry().substr(0, line.entry().find_first_of(" :")));
  return result;
}

std::string open(std::string_view text) {
  std::string result;
  for (const std::size_t at : config::layout_of(text, text.size()).open) result += text[at];
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(layout)

BOOST_AUTO_TEST_CASE(lines_are_those_outside_of_values) {
  using Words = std::vector<std::string>;
  BOOST_TEST(lines("a: 1\n\n# b\nc\n  - d: e\n    f: g") == (Words{"a", "c", "d", "f"}));
  BOOST_TEST(lines("a: {b: 1,\n  c: [\n]}\nd: 2") == (Words{"a", "d"}));
  BOOST_TEST(lines("a: 'b\n  c'\nd: \"e\n  f\"\ng") == (Words{"a", "d", "g"}));
  BOOST_TEST(lines("a:\n  b: |\n    c: {\n\n    d\n  e: >-\n   f\ng") ==
             (Words{"a", "b", "e", "g"}));
  BOOST_TEST(lines("a: b [c\nd: it's {\ne: &f 'g\n'\nh") == (Words{"a", "d", "e", "h"}));
}

BOOST_AUTO_TEST_CASE(brackets_are_those_of_values) {
  for (const auto& [text, expected] :
       {std::pair{"a: [{b: [1], c: {", "[{{"}, std::pair{"a: b [c {", ""},
        std::pair{"a {b: [1", "["}, std::pair{"- {'a]': \"}\", b: it's [c", "{["},
        std::pair{"a: [b, # c]\n", "["}, std::pair{"a: |\n  [\nb: {", "{"},
        std::pair{"a: ['b", "["}, std::pair{"a: [b}", ""}, std::pair{"", ""}})
    BOOST_TEST(open(text) == expected, text << ": " << open(text));
}

BOOST_AUTO_TEST_CASE(the_last_line_is_whole) {
  const std::string text = "a: 1\nb: 2\nc: 3";
  for (const std::size_t at : {5, 6, 9}) {
    const auto found = config::layout_of(text, at).lines;
    BOOST_REQUIRE(found.size() == 2U);
    BOOST_TEST(found.back().text == "b: 2");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
