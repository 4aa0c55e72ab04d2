#include "runner/config/reader.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>

#include "tests/config/show.h"

namespace assay::test {
namespace {

struct Case {
  std::string text;
  std::string expected;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases)
    BOOST_TEST(read(c.text) == c.expected, c.text << "\n" << read(c.text));
}

std::string read_file(const std::string& path) {
  config::Diagnostics diagnostics;
  const auto node = config::read_file(path, diagnostics);
  return node.has_value() && diagnostics.empty() ? show(*node) : diagnostics.text(false);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reader)

BOOST_AUTO_TEST_CASE(reads_yaml) {
  check({
      {"a: 1\nb: [x, 'y', \"z\"]\nc: {d: null, e: ~}\n",
       "{a: 1, b: [x, 'y', 'z'], c: {d: null, e: null}}"},
      {"a:\n  - 1\n  - b: 2\nc:\n", "{a: [1, {b: 2}], c: null}"},
      {"{\"a\":1}", "{a: 1}"},
      {"a: x\n  y", "{a: x y}"},
      {"a: |\n  x\n  y\n", "{a: 'x\ny\n'}"},
      {"\xEF\xBB\xBF"
       "a: 1\r\nb: 2\r\n",
       "{a: 1, b: 2}"},
      {"%YAML 1.2\n---\na: 1\n...\n", "{a: 1}"},
      {"a: &x [1, 2]\nb: *x", "{a: [1, 2], b: [1, 2]}"},
      {"a: ${x}\nb: Step ${s}, {q}", "{a: ${x}, b: Step ${s}, {q}}"},
      {"a: {b: \"${x}\"}", "{a: {b: '${x}'}}"},
      {"a: yes\nb: 010\nc: 0x1", "{a: yes, b: 010, c: 0x1}"},
      {"größe: \"\\u00e9\"", "{größe: 'é'}"},
      // Brackets that are only text.
      {"a {b}: 1\nc[0]: d {e\n\"f [\": g\nh: |\n  i {j: 1\n",
       "{a {b}: 1, c[0]: d {e, f [: g, h: 'i {j: 1\n'}"},
      {"a:\n  b\n  c [d\ne:\n- f\n  g\nh: 1", "{a: b c [d, e: [f g], h: 1}"},
      // Unlike in any YAML reader, '@' names a fragment (composition.h).
      {"a: @x\n@b: x@y\nc: {d: @x, e: [@y, '@z']}\nf:\n- @x",
       "{a: @x, @b: x@y, c: {d: @x, e: [@y, '@z']}, f: [@x]}"},
  });
}

BOOST_AUTO_TEST_CASE(refuses_what_is_not_yaml) {
  check({
      {"", "a.yaml: error: the file is empty\n"},
      {" \n\t\n", "a.yaml: error: the file is empty\n"},
      {"# x\n", "a.yaml: error: the file holds only comments\n"},
      {"- a\n- b\n",
       "a.yaml:1:1: error: expected a map (lines of 'key: value'), found a list\n"
       "    1 | - a\n"
       "      | ^\n"},
      {"a:b",
       "a.yaml:1:1: error: expected a map (lines of 'key: value'), found 'a:b'\n"
       "    1 | a:b\n"
       "      | ^~~ a space belongs after the ':'\n"},
      {"a: b: c",
       "a.yaml:1:5: error: ': ' within a text that has no quotes\n"
       "    1 | a: b: c\n"
       "      |     ^ quote it: \"b: c\"; a map is {b: c}\n"},
      {"a:\n\tb: 1",
       "a.yaml:2:1: error: a tab cannot indent\n"
       "    2 | \tb: 1\n"
       "      | ^ use spaces\n"},
      {"b:\n- don't # it's\n- \"ok\"\na: \"x\n",
       "a.yaml:4:4: error: the quoted text is never closed\n"
       "    4 | a: \"x\n"
       "      |    ^\n"},
      {"a: [1, 2\nb: 3",
       "a.yaml:1:4: error: '[' is never closed\n"
       "    1 | a: [1, 2\n"
       "      |    ^\n"},
      {"a: [1, 2\n   b: 3",
       "a.yaml:2:4: error: expected ',' or ']' before this\n"
       "    2 |    b: 3\n"
       "      |    ^ '[' has been open since 1:4\n"},
      {"a: {b: 1 c: 2}",
       "a.yaml:1:10: error: expected ',' or '}' before this\n"
       "    1 | a: {b: 1 c: 2}\n"
       "      |          ^ '{' has been open since 1:4\n"},
      {"a: {b: 1\n",
       "a.yaml:1:4: error: '{' is never closed\n"
       "    1 | a: {b: 1\n"
       "      |    ^\n"},
      {"a: [x",
       "a.yaml:1:4: error: '[' is never closed\n"
       "    1 | a: [x\n"
       "      |    ^\n"},
      {"a: {b: c}}",
       "a.yaml:1:10: error: a closing bracket or brace that nothing opened\n"
       "    1 | a: {b: c}}\n"
       "      |          ^ remove it, or quote the text that it is in\n"},
      {"a: `x",
       "a.yaml:1:4: error: no value can start with this character\n"
       "    1 | a: `x\n"
       "      |    ^ quote the whole value\n"},
      // This text contains the character that stands in for '@'.
      {"a: @x\nb: \"\\x01\"",
       "a.yaml:1:4: error: no value can start with this character\n"
       "    1 | a: @x\n"
       "      |    ^ quote the whole value\n"},
      {"a: '@x'\nb: \"\\x01\"",
       "a.yaml:2:4: error: an escape that stands for a control character\n"
       "    2 | b: \"\\x01\"\n"
       "      |    ^~~~~~\n"},
      {"a: \"\\q\"",
       "a.yaml:1:6: error: an escape that YAML does not know\n"
       "    1 | a: \"\\q\"\n"
       "      |      ^ write \\\\ for a backslash, or use single quotes\n"},
      {"a: *x",
       "a.yaml:1:4: error: there is no anchor of this name before this\n"
       "    1 | a: *x\n"
       "      |    ^ `&name` in front of a value makes one; quote a text that starts with '*'\n"},
      {"a: \"x\" y",
       "a.yaml:1:8: error: the quoted text ends before this\n"
       "    1 | a: \"x\" y\n"
       "      |        ^ quote all of it; write a '\"' within it as '\\\"'\n"},
      {"a: 'b'c'",
       "a.yaml:1:7: error: the quoted text ends before this\n"
       "    1 | a: 'b'c'\n"
       "      |       ^ quote all of it; write a ' within it twice: ''\n"},
      {"a:\n  b: 1\n c: 2",
       "a.yaml:3:2: error: this line is indented differently from those before it\n"
       "    3 |  c: 2\n"
       "      |  ^ all keys of a map start in the same column\n"},
      {"a:\n  b: 1\n    c: 2",
       "a.yaml:3:5: error: a key deeper than the line before it, which has a value already\n"
       "    3 |     c: 2\n"
       "      |     ^ indent it like the line before\n"},
      {"a:\n  - b\n  c: 2",
       "a.yaml:3:3: error: expected the next '- ' of the list, found a key\n"
       "    3 |   c: 2\n"
       "      |   ^ a list and a map cannot share an indentation\n"},
  });
}

BOOST_AUTO_TEST_CASE(refuses_yaml_that_is_not_a_config) {
  check({
      {"a: 1\nb: 2\na: 3",
       "a.yaml:3:1: error: a: the key occurs twice\n"
       "    3 | a: 3\n"
       "      | ^ first on line 1\n"},
      {"a: 1\n---\nb: 2",
       "a.yaml:2:1: error: a second document starts here, but a config is one document\n"
       "    2 | ---\n"
       "      | ^~~\n"},
      {"a: !!int 3",
       "a.yaml:1:4: error: tags are not allowed: the option determines the type of its value\n"
       "    1 | a: !!int 3\n"
       "      |    ^~~~~ leave it out, or quote a text that starts with '!'\n"},
      {"a: &x !y [1]",
       "a.yaml:1:7: error: tags are not allowed: the option determines the type of its value\n"
       "    1 | a: &x !y [1]\n"
       "      |       ^~ leave it out, or quote a text that starts with '!'\n"},
      {"a:\n  ? {b: 1, b: 2}\n  : c",
       "a.yaml:2:5: error: a key must be text, found a list or a map\n"
       "    2 |   ? {b: 1, b: 2}\n"
       "      |     ^\n"
       "a.yaml:2:12: error: a.b: the key occurs twice\n"
       "    2 |   ? {b: 1, b: 2}\n"
       "      |            ^ first on line 2\n"},
      {"? [a]\n: b",
       "a.yaml:1:3: error: a key must be text, found a list or a map\n"
       "    1 | ? [a]\n"
       "      |   ^\n"},
      {"null: 1",
       "a.yaml:1:1: error: a key must be text, found null\n"
       "    1 | null: 1\n"
       "      | ^~~~\n"},
      {"a: &x 1\n*x : 2",
       "a.yaml:2:1: error: a key must be text, found an alias\n"
       "    2 | *x : 2\n"
       "      | ^\n"},
      {"<<: x",
       "a.yaml:1:1: error: merge keys belong to YAML 1.1: write the keys out, or use an alias\n"
       "    1 | <<: x\n"
       "      | ^~\n"},
      {"a: x\nfoo",
       "a.yaml:2:1: error: expected ':' and a value after the key 'foo'\n"
       "    2 | foo\n"
       "      | ^~~\n"},
      {"{a: b, c}",
       "a.yaml:1:8: error: expected ':' and a value after the key 'c'\n"
       "    1 | {a: b, c}\n"
       "      |        ^\n"},
      {"a: &x [*x]",
       "a.yaml:1:8: error: an alias inside the value that it stands for\n"
       "    1 | a: &x [*x]\n"
       "      |        ^\n"},
      {"x: {tag: Step ${step}, every: 5}",
       "a.yaml:1:15: error: '${' breaks the map or list in braces or brackets around it\n"
       "    1 | x: {tag: Step ${step}, every: 5}\n"
       "      |               ^~ quote it: \"Step ${...}\"\n"},
      {"a: [b, ${x}]",
       "a.yaml:1:8: error: '${' breaks the map or list in braces or brackets around it\n"
       "    1 | a: [b, ${x}]\n"
       "      |        ^~ quote it: \"${...}\"\n"},
      {"a: \"\\0\"",
       "a.yaml:1:4: error: an escape that stands for a control character\n"
       "    1 | a: \"\\0\"\n"
       "      |    ^~~~\n"},
      {std::string("a: x\0y", 6),
       "a.yaml:1:5: error: found the control character U+0000\n"
       "    1 | a: x\uFFFDy\n"
       "      |     ^ is this a text file? A config is YAML in UTF-8\n"},
      {"é: \xC3\x28",
       "a.yaml:1:4: error: the byte 0xC3 is not UTF-8\n"
       "    1 | é: \uFFFD(\n"
       "      |    ^ is this a text file? Then save it as UTF-8\n"},
      {std::string("\xFF\xFE"
                   "a\0",
                   4),
       "a.yaml:1:1: error: the byte 0xFF is not UTF-8\n"
       "    1 | \uFFFD\uFFFDa\uFFFD\n"
       "      | ^ this looks like UTF-16: save it as UTF-8\n"},
  });
}

BOOST_AUTO_TEST_CASE(places_count_characters) {
  config::Diagnostics diagnostics;
  const auto node =
      config::read_text("a", "/a", "é: {ü: \"öö\", z: &x ab}\r\n\"k\" : *x\n", diagnostics);
  BOOST_REQUIRE(node.has_value());
  const config::Node& inner = *node->find("é");
  BOOST_TEST(inner.where.column == 4);
  BOOST_TEST(inner.map[0].where.column == 5);
  BOOST_TEST(inner.map[0].value.where.column == 8);
  BOOST_TEST(inner.map[0].value.where.length == 4);
  BOOST_TEST(inner.map[1].value.where.column == 20);  // after the anchor
  BOOST_TEST(inner.map[1].value.where.length == 2);
  BOOST_TEST(node->map[1].where.line == 2);
  BOOST_TEST(node->map[1].where.length == 3);
  BOOST_TEST(node->map[1].value.where.line == 2);  // the place of the alias
  BOOST_TEST(node->map[1].value.where.column == 7);
  BOOST_TEST(node->map[1].value.where.length == 2);
}

BOOST_AUTO_TEST_CASE(files) {
  const auto folder = std::filesystem::temp_directory_path() / "assay_test_config_reader";
  std::filesystem::create_directories(folder);
  const std::string name = (folder / "a.yaml").string();
  std::ofstream(name) << "a: 1\n";
  BOOST_TEST(read_file(name) == "{a: 1}");
  std::ofstream(name) << "";
  BOOST_TEST(read_file(name) == name + ": error: the file is empty\n");
  std::ofstream(name) << std::string(config::max_bytes + 1, '#');
  BOOST_TEST(read_file(name) == name + ": error: longer than 256 KiB, the limit for a config\n");
  std::filesystem::remove_all(folder);
  BOOST_TEST(read_file("/no/such.yaml") == "/no/such.yaml: error: there is no such file\n");
  BOOST_TEST(read_file("") == "'': error: there is no such file\n");
  BOOST_TEST(read_file("/") == "/: error: this is a folder, expected a config file\n");
  BOOST_TEST(read_file("/dev/zero") ==
             "/dev/zero: error: this is not a regular file, expected a config file\n");
  BOOST_TEST(read_file("/proc/self/mem").find("error: ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(single_values) {
  const auto value = [](const std::string& text) {
    config::Diagnostics diagnostics;
    const auto source =
        std::make_shared<const config::Source>(config::Source{"the default of key", {}, text});
    const auto node = config::read_value(source, diagnostics);
    return node.has_value() && diagnostics.empty() ? show(*node) : diagnostics.text(false);
  };
  BOOST_TEST(value("5") == "5");
  BOOST_TEST(value("null") == "null");
  BOOST_TEST(value("~") == "null");
  BOOST_TEST(value("[1, {a: 'b'}]") == "[1, {a: 'b'}]");
  BOOST_TEST(value("\"5\"") == "'5'");
  BOOST_TEST(value(" run #1: a ") == "run #1: a");
  BOOST_TEST(value("Step ${step}") == "Step ${step}");
  BOOST_TEST(value("") == "the default of key: error: there is no value\n      | \n      | ^\n");
  BOOST_TEST(value("[é, ${x}]") ==
             "the default of key: error: '${' breaks the map or list in braces or brackets around "
             "it\n"
             "      | [é, ${x}]\n"
             "      |     ^~ quote it: \"${...}\"\n");
  BOOST_TEST(value("[1") ==
             "the default of key: error: '[' is never closed\n"
             "      | [1\n"
             "      | ^\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
