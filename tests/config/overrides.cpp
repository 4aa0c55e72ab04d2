#include "runner/config/overrides.h"

#include <boost/test/unit_test.hpp>
#include <random>

#include "tests/config/show.h"

namespace assay::test {
namespace {

std::string applied(const std::string& text, const std::vector<std::string>& arguments) {
  config::Diagnostics diagnostics;
  auto node = config::read_text("a.yaml", "/a.yaml", text, diagnostics);
  const auto stays = [](std::span<const std::string> path, std::string_view option) {
    return path.size() == 2 && path[0] == "hooks" && option == "every";
  };
  const config::StaysWithPlace stays_with_place = stays;
  config::Composition composition(stays_with_place, diagnostics);
  config::apply_overrides(*node, arguments, composition, config::Defaults(), diagnostics);
  return diagnostics.empty() ? show(*node) : diagnostics.text(false);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(overrides)

BOOST_AUTO_TEST_CASE(set_keys) {
  BOOST_TEST(applied("a: 1", {"a=2"}) == "{a: 2}");
  BOOST_TEST(applied("a: {b: {c: 1, d: 2}}", {"a.b.c=[5, 6]"}) == "{a: {b: {c: [5, 6], d: 2}}}");
  BOOST_TEST(applied("a: 1", {"b=2", "t.x=3"}) == "{a: 1, b: 2, t: {x: 3}}");
  BOOST_TEST(applied("a: [x, y]", {"a.1=z"}) == "{a: [x, z]}");
  BOOST_TEST(applied("a: [{b: 1}, 2]", {"a.0.b=3"}) == "{a: [{b: 3}, 2]}");
  BOOST_TEST(applied("a: 1", {"a=null"}) == "{a: null}");
  BOOST_TEST(applied("a: 1", {"a=\"@@x=y\""}) == "{a: '@x=y'}");
  BOOST_TEST(applied("a: 1", {"a=x=y"}) == "{a: x=y}");
}

BOOST_AUTO_TEST_CASE(shorthand_becomes_a_map) {
  BOOST_TEST(applied("o: sgd", {"o.rate=0.1"}) == "{o: {type: sgd, rate: 0.1}}");
  BOOST_TEST(applied("o: {rate: 1}", {"o=sgd"}) == "{o: sgd}");
}

BOOST_AUTO_TEST_CASE(another_type_drops_the_options) {
  const std::string config = "o: {type: sgd, rate: 1, m: 2}";
  BOOST_TEST(applied(config, {"o.type=adam"}) == "{o: {type: adam}}");
  BOOST_TEST(applied(config, {"o.type=sgd"}) == "{o: {type: sgd, rate: 1, m: 2}}");
  BOOST_TEST(applied("hooks: {a: {type: x, every: 1, tag: t}}", {"hooks.a.type=y"}) ==
             "{hooks: {a: {type: y, every: 1}}}");
}

BOOST_AUTO_TEST_CASE(order_does_not_matter_but_for_the_same_key) {
  const std::string config = "o: {type: sgd, rate: 1}";
  BOOST_TEST(applied(config, {"o.rate=3", "o.type=adam"}) == "{o: {type: adam, rate: 3}}");
  BOOST_TEST(applied(config, {"o.rate=3", "o=adam"}) == "{o: {type: adam, rate: 3}}");
  BOOST_TEST(applied(config, {"o.rate=3", "o.rate=4"}) == "{o: {type: sgd, rate: 4}}");
}

BOOST_AUTO_TEST_CASE(problems) {
  BOOST_TEST(applied("a: [x]", {"a.1=z", "a.x=1"}) ==
             "argument 1: error: a: this is a list of 1 element without an element '1'\n"
             "      | a.1=z\n"
             "      |   ^ the only one is 0; +a.1=... adds it\n"
             "argument 2: error: a: this is a list of 1 element without an element 'x'\n"
             "      | a.x=1\n"
             "      |   ^ 'x' is a.0\n");
  BOOST_TEST(
      applied("a: 1", {"a", "", "=1", "a..b=1", "~", "+a", "é={b", "@f.yaml", "extends=x"}) ==
      "argument 1: error: expected key=value, +key=value, ++key=value or ~key\n"
      "      | a\n"
      "      | ^\n"
      "argument 2: error: expected key=value, +key=value, ++key=value or ~key\n"
      "      | \n"
      "      | ^\n"
      "argument 3: error: a key without a name\n"
      "      | =1\n"
      "      | ^\n"
      "argument 4: error: a key without a name\n"
      "      | a..b=1\n"
      "      |   ^\n"
      "argument 5: error: a key without a name\n"
      "      | ~\n"
      "      |  ^\n"
      "argument 6: error: expected key=value, +key=value, ++key=value or ~key\n"
      "      | +a\n"
      "      | ^~\n"
      "argument 7: error: '{' is never closed\n"
      "      | é={b\n"
      "      |   ^\n"
      "argument 8: error: expected key=value, +key=value, ++key=value or ~key\n"
      "      | @f.yaml\n"
      "      | ^~~~~~~ a file is given as the value of a key: key=@f.yaml\n"
      "argument 9: error: extends: only a file can extend others\n"
      "      | extends=x\n"
      "      | ^~~~~~~ an argument includes a file as the value of one key: key=@FILE\n");
}

BOOST_AUTO_TEST_CASE(maps_are_merged_as_a_file_would) {
  BOOST_TEST(applied("o: {type: sgd, rate: 1}", {"o={m: 2}"}) == "{o: {type: sgd, rate: 1, m: 2}}");
  BOOST_TEST(applied("o: {type: sgd, rate: 1}", {"o={type: adam, e: [1]}"}) ==
             "{o: {type: adam, e: [1]}}");
  BOOST_TEST(applied("o: {a: 1}", {"o={}"}) == "{o: {}}");
  BOOST_TEST(applied("o: {a: 1}", {"o={b: 2}", "~o"}) == "{o: {b: 2}}");
}

BOOST_AUTO_TEST_CASE(add) {
  BOOST_TEST(applied("a: 1", {"+b=2", "+c.d=3", "++a=4", "++e=5"}) ==
             "{a: 4, b: 2, e: 5, c: {d: 3}}");
  BOOST_TEST(applied("a: [x]", {"+a.1=y", "++a.2=z", "++a.0=w"}) == "{a: [w, y, z]}");
  BOOST_TEST(applied("a: [x]", {"+a.2=z", "++a.0=w", "+a.1=y"}) == "{a: [w, y, z]}");
  BOOST_TEST(applied("a: {b: 1}\nl: [1]", {"+a.b=2", "+a=3", "+l.0=4", "+l.2=5", "+l.-1=5"}) ==
             "argument 1: error: a.b: this key exists already\n"
             "      | +a.b=2\n"
             "      |    ^ a.b=... sets it, ++a.b=... sets or adds it\n"
             "argument 2: error: a: this key exists already\n"
             "      | +a=3\n"
             "      |  ^ a=... sets it, ++a=... sets or adds it\n"
             "argument 3: error: l.0: this element exists already\n"
             "      | +l.0=4\n"
             "      |    ^ the next one is 1\n"
             "argument 4: error: l: this is a list of 1 element without an element '2'\n"
             "      | +l.2=5\n"
             "      |    ^ the next one is 1\n"
             "argument 5: error: l: this is a list of 1 element without an element '-1'\n"
             "      | +l.-1=5\n"
             "      |    ^~ the next one is 1\n");
}

BOOST_AUTO_TEST_CASE(remove) {
  BOOST_TEST(applied("a: {b: 1, c: 2}\nd: [1]", {"~a.b", "~d=[1]"}) == "{a: {c: 2}}");
  BOOST_TEST(applied("a: 0.9\nb: [1, 2]", {"~a=.90", "~b=[1.0, 2e0]"}) == "{}");
  BOOST_TEST(applied("a: {b: {c: [1, x]}}", {"~a={b: {c: [1, 'x']}}"}) == "{}");
  // The numbers refer to the original list.
  BOOST_TEST(applied("l: [a, b, [c, d], e]", {"~l.0", "~l.2.0", "l.3=E", "~l.1", "~l.0"}) ==
             "{l: [[d], E]}");
  BOOST_TEST(
      applied("hooks: {loss: 1}\nl: [1]\ns: 2", {"~hooks.los", "~l.1", "~l.x.y", "~s=3", "~s.x"}) ==
      "argument 1: error: hooks.los: the config sets no such key\n"
      "      | ~hooks.los\n"
      "      |        ^~~ did you mean 'loss'?\n"
      "argument 2: error: l: this is a list of 1 element without an element '1'\n"
      "      | ~l.1\n"
      "      |    ^ the only one is 0\n"
      "argument 3: error: l: this is a list of 1 element without an element 'x'\n"
      "      | ~l.x.y\n"
      "      |    ^ the only one is 0\n"
      "argument 4: error: s: not removed: it is '2', not '3'\n"
      "      | ~s=3\n"
      "      |    ^ ~s removes it whatever its value\n"
      "argument 5: error: s.x: the config sets no such key\n"
      "      | ~s.x\n"
      "      |    ^\n");
}

BOOST_AUTO_TEST_CASE(values) {
  BOOST_TEST(applied("a: 1", {"a={b:1, c: [x y, 'z'], d: {e: ~}}"}) ==
             "{a: {b: 1, c: [x y, 'z'], d: {e: null}}}");
  // This is not a comment: a '#' that the shell left there is part of the value.
  BOOST_TEST(applied("a: 1", {"a=x # y", "b={c: x #y, d: [1 # 2]}"}) ==
             "{a: x # y, b: {c: x #y, d: [1 # 2]}}");
  BOOST_TEST(applied("s: 1", {"a=${env:X,y} z", "b=[${s}, {c: ${s}}]", "c=\\${s}"}) ==
             "{s: 1, a: ${env:X,y} z, b: [${s}, {c: ${s}}], c: \\${s}}");
  BOOST_TEST(applied("a: 1", {"a=1,2", "a=f(x)", "a=", "a=[1}", "a={b}", "a=[1", "a='x", "a=[1] 2",
                              "a={b: 1, b: 2}", "a=[,]"}) ==
             "argument 1: error: several values, and a run takes one for each key\n"
             "      | a=1,2\n"
             "      |    ^ a list is written [1, 2]; a decimal sign is a point: 1.2\n"
             "      = to run each: assay batch CONFIG a=1,2\n"
             "argument 2: error: '(' within a text that has no quotes\n"
             "      | a=f(x)\n"
             "      |    ^ quote the text\n"
             "argument 3: error: there is no value\n"
             "      | a=\n"
             "      |   ^ write null for no value, \"\" for an empty text\n"
             "argument 4: error: '}' within a text that has no quotes\n"
             "      | a=[1}\n"
             "      |     ^ quote the text\n"
             "argument 5: error: expected ':' and a value after the key\n"
             "      | a={b}\n"
             "      |     ^\n"
             "argument 6: error: '[' is never closed\n"
             "      | a=[1\n"
             "      |   ^\n"
             "argument 7: error: the quoted text is never closed\n"
             "      | a='x\n"
             "      |   ^\n"
             "argument 8: error: expected the end of the value\n"
             "      | a=[1] 2\n"
             "      |       ^ quote a text that has such characters\n"
             "argument 9: error: the key 'b' occurs twice\n"
             "      | a={b: 1, b: 2}\n"
             "      |          ^\n"
             "argument 10: error: there is no value\n"
             "      | a=[,]\n"
             "      |    ^ \"\" is an empty text\n");
}

BOOST_AUTO_TEST_CASE(random_arguments) {
  const std::vector<std::string> pieces = {
      "a", "b",  ".",  "0", "1",  "=",    "+", "~", "[",  "]",    "{", "}", ":",     ",",
      "'", "\"", "\\", " ", "${", "type", "l", "@", "@@", "null", "(", "é", "hooks", "every"};
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) {
    std::vector<std::string> arguments(1 + random() % 4);
    for (std::string& argument : arguments) {
      for (std::size_t n = 1 + random() % 8; n > 0; --n)
        argument += pieces[random() % pieces.size()];
      if (random() % 4 != 0) argument = (random() % 2 == 0 ? "~" : "") + ("a." + argument);
    }
    const std::string config =
        "a: {type: x, l: [1, [2, {a: 3}]], b: {a: [1], type: y}, 0: z}\nl: [1, 2]";
    BOOST_REQUIRE(!applied(config, arguments).empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
