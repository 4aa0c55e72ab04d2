// Cases that are known from the yaml-test-suite (https://github.com/yaml/yaml-test-suite), under
// its names, with texts of our own.
#include <boost/test/unit_test.hpp>

#include "tests/config/show.h"

namespace assay::test {
namespace {

struct Case {
  const char* id;
  std::string text;
  std::string expected;  // for a rejected text: how its first line ends
};

}  // namespace

BOOST_AUTO_TEST_SUITE(yaml_test_suite)

BOOST_AUTO_TEST_CASE(reads_as_the_suite_says) {
  const std::vector<Case> cases = {
      {"JR7V", "a: [x?y, one ? two, {k: Done?}]\nb: {k?: http://x/y?z=1 }\nc: what? ",
       "{a: [x?y, one ? two, {k: Done?}], b: {k?: http://x/y?z=1}, c: what?}"},
      {"NAT4", "a: '\n  '\nb: \"  \n  \"\nc: '\n\n  '\nd: \"\n\n\n  \"\ne: ''\nf: '  '",
       "{a: ' ', b: ' ', c: '\n', d: '\n\n', e: '', f: '  '}"},
      {"NAT4", "a: ''''\nb: '\n  '''\n", "{a: ''', b: ' ''}"},
      {"L24T/01", "a: |\n  x\n   ", "{a: 'x\n \n'}"},
      {"JEF9/02", "a:\n- |+\n   ", "{a: ['\n']}"},
      {"DK95/02", "a: \"x\n  \ty\"", "{a: 'x y'}"},
      {"DK95/05", "a: 1\n \t\nb: 2", "{a: 1, b: 2}"},
      {"G9HC", "a:\n &x\n- 1\nb: &y\n  c: *x\n", "{a: [1], b: {c: [1]}}"},
      {"S98Z", "a: >\n \n  \n  x\n # no comment\n", "{a: '\n\nx\n'}"},
      {"QF4Y", "a: [\n b: c,\n d: e\n ]\n", "{a: [{b: c}, {d: e}]}"},
      // More lenient than YAML, which requires indentation: people and formatters write it this
      // way.
      {"9C9N", "a: [\n  b,\n]\n", "{a: [b]}"},
  };
  for (const Case& c : cases)
    BOOST_TEST(read(c.text) == c.expected, c.id << "\n" << c.text << "\n" << read(c.text));
}

BOOST_AUTO_TEST_CASE(refuses) {
  const char* const colon = "the ':' of a key must be on the same line as the key";
  const char* const indentation =
      "this line continues the value of a key, but is not indented deeper";
  const char* const comment = "a comment needs a space before its '#'";
  const std::vector<Case> cases = {
      // Valid YAML, but outside of the subset.
      {"4MUZ", "a: {\"b\"\n  : c}", colon},
      {"4MUZ", "{b\n: c}", colon},
      {"5MUD", "a: { 'b'\n   :c }", colon},
      {"K3WX", "a: { \"b\" # comment\n  :c }", colon},
      {"VJP3/01", "a: {\n b\n :\n c\n }", colon},
      {"DK95/04", "a: 1\n\t\nb: 2", "a tab cannot indent"},
      // Invalid.
      {"HRE5", "a: \"it\\'s\"", "an escape that YAML does not know"},
      {"SU5Z", "a: \"b\"# c", comment},
      {"SU5Z", "a: {b: 'c'#d}", comment},
      {"SU5Z", "a: [b]# c", comment},
      {"SU5Z", "a: [{b: c}#d\n]", comment},
      {"X4QW", "a: ># c\n  b", comment},
      {"X4QW", "a: |-#c\n  b", comment},
      {"9C9N", "a: [b,\nc]", indentation},
      {"9C9N", "a:\n  b: {c: d,\n  e: f}", indentation},
      {"QB6E", "a: \"b\nc\"", indentation},
      {"DK95/01", "a: 'b\n\tc'", indentation},
      {"Y79Y/03", "a:\n- [\n\tb,\n c\n ]", indentation},
      {"G9HC", "a:\n&x\n- b", indentation},
      {"S98Z", "a: >\n \n   \n  # b\n", "a blank line that is deeper than the block's first line"},
      {"YJV2", "a: [-]", "a '-' alone is not a value within braces or brackets"},
  };
  for (const Case& c : cases) {
    const std::string said = read(c.text);
    const std::string first = said.substr(0, said.find('\n'));
    BOOST_TEST(first.ends_with(std::string(": error: ") + c.expected), c.id << "\n"
                                                                            << c.text << "\n"
                                                                            << said);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
