#include "runner/config/diagnostics.h"

#include <boost/test/unit_test.hpp>

namespace assay::test {
namespace {

using config::Diagnostics;
using config::Location;
using config::Source;

std::shared_ptr<const Source> file(const std::string& text, const std::string& name = "a.yaml") {
  return std::make_shared<const Source>(Source{name, "/" + name, text});
}

std::string text(const Location& where, const std::string& hint = {}) {
  Diagnostics diagnostics;
  diagnostics.error(where, "k", "bad", hint);
  return diagnostics.text(false);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(diagnostics)

BOOST_AUTO_TEST_CASE(as_a_compiler_prints_them) {
  const auto source = file("x: 1\noptimizer:\n  type: sdg\n");
  Diagnostics list;
  BOOST_TEST(list.empty());
  list.error({source, 3, 9, 3}, "optimizer.type", "no optimizer 'sdg'", "did you mean 'sgd'?");
  BOOST_TEST(list.size() == 1U);
  BOOST_TEST(list.text(false) ==
             "a.yaml:3:9: error: optimizer.type: no optimizer 'sdg'\n"
             "    3 |   type: sdg\n"
             "      |         ^~~ did you mean 'sgd'?\n");
  BOOST_TEST(
      list.text(true) ==
      "\x1b[1ma.yaml:3:9:\x1b[0m \x1b[1;31merror:\x1b[0m optimizer.type: no optimizer 'sdg'\n"
      "    3 |   type: sdg\n"
      "      |         \x1b[1;32m^~~ did you mean 'sgd'?\x1b[0m\n");
}

BOOST_AUTO_TEST_CASE(the_caret_stands_under_the_character) {
  BOOST_TEST(text({file("a:\tb\tc"), 1, 6, 1}) ==
             "a.yaml:1:6: error: k: bad\n    1 | a:\tb\tc\n      |   \t \t^\n");
  // 2 columns for a wide character, none for a combining mark.
  BOOST_TEST(text({file("漢e\u0301: x"), 1, 6, 1}) ==
             "a.yaml:1:6: error: k: bad\n    1 | 漢e\u0301: x\n      |      ^\n");
  BOOST_TEST(text({file("ab"), 1, 3, 9}) == "a.yaml:1:3: error: k: bad\n    1 | ab\n      |   ^\n");
}

BOOST_AUTO_TEST_CASE(long_lines_are_cut) {
  const std::string line = std::string(300, 'x') + "Y" + std::string(300, 'z');
  BOOST_TEST(text({file(line), 1, 301, 1}) ==
             "a.yaml:1:301: error: k: bad\n    1 | ..." + std::string(40, 'x') + "Y" +
                 std::string(119, 'z') + "...\n      | " + std::string(43, ' ') + "^\n");
}

BOOST_AUTO_TEST_CASE(lines_are_fitted_to_a_terminal) {
  const auto source = file("optimizer: {type: sdg, learning_rate: 0.1}\n", "my config.yaml");
  Diagnostics list;
  list.error({source, 1, 19, 3}, "optimizer.type", "no optimizer 'sdg'", "did you mean 'sgd'?");
  BOOST_TEST(list.text(false, 30) ==
             "my config.yaml:1:19: error:\n"
             "    optimizer.type: no\n"
             "    optimizer 'sdg'\n"
             "    1 | ...pe: sdg, learnin...\n"
             "      |        ^~~\n"
             "      = did you mean 'sgd'?\n");
  BOOST_TEST(list.text(true, 12) ==
             "\x1b[1mmy config.yaml:1:19:\x1b[0m\n"
             "    \x1b[1;31merror:\x1b[0m\n"
             "optimizer.type:\n"
             "    no\n"
             "   optimizer\n"
             "    'sdg'\n"
             "    1 | ...: sdg, lea...\n"
             "      |      \x1b[1;32m^~~\x1b[0m\n"
             "      = did\n"
             "      you\n"
             "      mean\n"
             "      'sgd'?\n");
  BOOST_TEST(list.text(false, 200) == list.text(false));
}

BOOST_AUTO_TEST_CASE(places_without_a_line) {
  BOOST_TEST(text({}) == "assay: error: k: bad\n");
  BOOST_TEST(text({file(""), 0, 0, 0}, "do\nthat") ==
             "a.yaml: error: k: bad\n      = do\n      = that\n");
  BOOST_TEST(text({file("x"), 1, 1, 1}, "do\nthat") ==
             "a.yaml:1:1: error: k: bad\n    1 | x\n      | ^ do\n      = that\n");
}

BOOST_AUTO_TEST_CASE(files_come_before_arguments_in_order) {
  const auto argument = [](const char* name) {
    return std::make_shared<const Source>(Source{name, {}, "k=v"});
  };
  const auto source = file("a: 1\nb: 2\n");
  Diagnostics list;
  list.error({}, "8", "");
  list.error({argument("argument 10"), 1, 3, 1}, "7", "");
  list.error({argument("argument 2"), 1, 3, 1}, "6", "");
  list.error({file("", "b.yaml"), 0, 0, 0}, "5", "");
  list.error({source, 2, 4, 1}, "4", "");
  list.error({source, 2, 1, 1}, "3", "");
  list.error({source, 1, 9, 1}, "2", "");
  list.error({source, 1, 9, 1}, "2", "what follows from the first");
  list.error({source, 1, 9, 1}, "1", "");
  std::string order;
  for (const config::Diagnostic& d : list.sorted()) order += d.key + d.message;
  BOOST_TEST(order == "12345678");
}

BOOST_AUTO_TEST_CASE(warnings_do_not_follow_from_each_other) {
  const Location where{file("a: x\n"), 1, 4, 1};
  Diagnostics list;
  for (const char* message : {"odd", "strange", "strange"}) list.warning(where, "a", message);
  BOOST_TEST(list.sorted().size() == 2U);
}

BOOST_AUTO_TEST_CASE(copies_say_nothing_new) {
  const auto source = file("a: x\nb: ${a}\nc: ${a}\n");
  const Location a{source, 1, 4, 1}, b{source, 2, 4, 4}, c{source, 3, 4, 4};
  Diagnostics alone;
  alone.error_of_copy(a, b, "b", "bad");
  BOOST_TEST(alone.sorted().size() == 1U);
  alone.warning(a, "a", "odd");
  BOOST_TEST(alone.sorted().size() == 2U);
  alone.error_of_copy(a, a, "a", "bad");  // as the environment's values are of their own place
  alone.error_of_copy(c, c, "c", "bad");
  BOOST_TEST(alone.sorted().size() == 3U);
  BOOST_TEST(!alone.text(false).empty());
  // One place under several keys: the keys that are missing there may have different names.
  Diagnostics places;
  for (const char* key : {"h.a.rows", "h.b.rows", "h.b.columns"}) places.error(a, key, "missing");
  places.error(a, "h.c.rows", "worse");
  places.error(b, "h.c.rows", "missing");
  BOOST_TEST(places.sorted().size() == 4U);
}

BOOST_AUTO_TEST_CASE(long_texts_are_cut) {
  Diagnostics list;
  const std::string begin(1999, 'x'), end(1999, 'z');
  list.error({}, "k", begin + "é" + std::string(400000, 'y') + "é" + end);
  BOOST_TEST(list.text(false) == "assay: error: k: " + begin + "..." + end + "\n");
}

BOOST_AUTO_TEST_CASE(nothing_harms_the_terminal) {
  Diagnostics list;
  list.error({file("\x1b[31m\xFF", "\x1b.yaml"), 1, 1, 1}, "\x07", "a\x1b", "\x9b");
  BOOST_TEST(
      list.text(false) ==
      "\uFFFD.yaml:1:1: error: \uFFFD: a\uFFFD\n    1 | \uFFFD[31m\uFFFD\n      | ^ \uFFFD\n");
}

BOOST_AUTO_TEST_CASE(a_hundred_are_enough) {
  const auto source = file("a");
  Diagnostics list;
  for (int i = 0; i < 103; ++i) list.error({source, 1, 1, 1}, std::to_string(i), "bad");
  const std::string all = list.text(false);
  BOOST_TEST(all.ends_with("... and 3 more problems\n"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
