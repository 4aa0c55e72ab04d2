#include "runner/config/overrides.h"

#include <boost/test/unit_test.hpp>

#include "tests/config/show.h"

namespace assay::test {
namespace {

std::string apply(const std::string& text, const std::vector<std::string>& arguments) {
  config::Diagnostics diagnostics;
  auto node = config::read_text("a.yaml", "/a.yaml", text, diagnostics);
  const auto stays = [](std::span<const std::string> path, std::string_view option) {
    return path.size() == 2 && path[0] == "hooks" && option == "every";
  };
  config::apply_overrides(*node, arguments, stays, diagnostics);
  return diagnostics.empty() ? show(*node) : diagnostics.text(false);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(overrides)

BOOST_AUTO_TEST_CASE(set_keys) {
  BOOST_TEST(apply("a: 1", {"a=2"}) == "{a: 2}");
  BOOST_TEST(apply("a: {b: {c: 1, d: 2}}", {"a.b.c=[5, 6]"}) == "{a: {b: {c: [5, 6], d: 2}}}");
  BOOST_TEST(apply("a: 1", {"b=2", "t.x=3"}) == "{a: 1, b: 2, t: {x: 3}}");
  BOOST_TEST(apply("a: [x, y]", {"a.1=z"}) == "{a: [x, z]}");
  BOOST_TEST(apply("a: [{b: 1}, 2]", {"a.0.b=3"}) == "{a: [{b: 3}, 2]}");
  BOOST_TEST(apply("a: 1", {"a=null"}) == "{a: null}");
  BOOST_TEST(apply("a: 1", {"a=\"@x=y\""}) == "{a: '@x=y'}");
  BOOST_TEST(apply("a: 1", {"a=x=y"}) == "{a: x=y}");
}

BOOST_AUTO_TEST_CASE(shorthand_becomes_a_map) {
  BOOST_TEST(apply("o: sgd", {"o.rate=0.1"}) == "{o: {type: sgd, rate: 0.1}}");
  BOOST_TEST(apply("o: {rate: 1}", {"o=sgd"}) == "{o: sgd}");
}

BOOST_AUTO_TEST_CASE(another_type_drops_the_options) {
  const std::string config = "o: {type: sgd, rate: 1, m: 2}";
  BOOST_TEST(apply(config, {"o.type=adam"}) == "{o: {type: adam}}");
  BOOST_TEST(apply(config, {"o.type=sgd"}) == "{o: {type: sgd, rate: 1, m: 2}}");
  BOOST_TEST(apply("hooks: {a: {type: x, every: 1, tag: t}}", {"hooks.a.type=y"}) ==
             "{hooks: {a: {type: y, every: 1}}}");
}

BOOST_AUTO_TEST_CASE(order_does_not_matter_but_for_the_same_key) {
  const std::string config = "o: {type: sgd, rate: 1}";
  BOOST_TEST(apply(config, {"o.rate=3", "o.type=adam"}) == "{o: {type: adam, rate: 3}}");
  BOOST_TEST(apply(config, {"o.rate=3", "o=adam"}) == "{o: {type: adam, rate: 3}}");
  BOOST_TEST(apply(config, {"o.rate=3", "o.rate=4"}) == "{o: {type: sgd, rate: 4}}");
}

BOOST_AUTO_TEST_CASE(problems) {
  BOOST_TEST(apply("a: [x]", {"a.1=z", "a.x=1"}) ==
             "argument 1: error: a: this is a list of 1 elements, which has no element '1'\n"
             "      | a.1=z\n"
             "      |   ^ 0 to 0\n"
             "argument 2: error: a: this is a list of 1 elements, which has no element 'x'\n"
             "      | a.x=1\n"
             "      |   ^ 0 to 0\n");
  BOOST_TEST(apply("a: 1", {"a", "", "=1", "a..b=1", "+a=1", "~a", "a=@f.yaml", "é={b"}) ==
             "argument 1: error: expected key=value\n"
             "      | a\n"
             "      | ^\n"
             "argument 2: error: expected key=value\n"
             "      | \n"
             "      | ^\n"
             "argument 3: error: a key without a name\n"
             "      | =1\n"
             "      | ^\n"
             "argument 4: error: a key without a name\n"
             "      | a..b=1\n"
             "      |   ^\n"
             "argument 5: error: '+key=value' is not supported\n"
             "      | +a=1\n"
             "      | ^ write key=value: it sets any key that the experiment knows\n"
             "argument 6: error: '~key' is not supported\n"
             "      | ~a\n"
             "      | ^ remove the key in the config file\n"
             "argument 7: error: 'key=@file' is not supported\n"
             "      | a=@f.yaml\n"
             "      |   ^~~~~~~ a text that starts with '@' needs quotes: 'a=\"@f.yaml\"'\n"
             "argument 8: error: '{' is never closed\n"
             "      | é={b\n"
             "      |   ^\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
