#include "runner/config/composition.h"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>

#include "runner/config/reader.h"
#include "tests/config/files.h"

namespace assay::test {
namespace {

// Merges `base` with `over`, which extends it.
std::string merged(const std::string& base, const std::string& over) {
  const Files files{{"base.yaml", base}, {"a.yaml", "extends: base.yaml\n" + over}};
  return files.composed("a.yaml");
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(composition)

BOOST_AUTO_TEST_CASE(maps_merge_and_all_else_replaces) {
  BOOST_TEST(merged("a: 1\nb: 2", "b: 3\nc: 4") == "{a: 1, b: 3, c: 4}");
  BOOST_TEST(merged("m: {a: 1, n: {b: 2, c: 3}}", "m: {n: {c: 4, d: 5}}") ==
             "{m: {a: 1, n: {b: 2, c: 4, d: 5}}}");
  BOOST_TEST(merged("l: [1, 2, 3]\nm: [1]", "l: [4]\nm: {a: 1}") == "{l: [4], m: {a: 1}}");
  BOOST_TEST(merged("m: {a: 1}\nn: {a: 1}\no: 5", "m: [1]\nn: null\no: null") ==
             "{m: [1], n: null, o: null}");
  BOOST_TEST(merged("m: {a: 1}\nn: null\no: 5", "m: {}\nn: {a: 1}\no: {a: 1}") ==
             "{m: {}, n: {a: 1}, o: {a: 1}}");
  BOOST_TEST(merged("a: 1", "") == "{a: 1}");
}

BOOST_AUTO_TEST_CASE(keys_are_removed) {
  BOOST_TEST(merged("a: 1\nb: {c: 1, d: 2}", "~a:\nb:\n  ~c:") == "{b: {d: 2}}");
  BOOST_TEST(merged("b: {c: 1, d: 2}", "b: {e: 3}\n~b: null") == "{b: {e: 3}}");
  BOOST_TEST(merged("hooks: {a: 1, loss: 2}", "hooks:\n  ~los:\n~hook:\n") ==
             "a.yaml:3:3: error: hooks.~los: there is no key 'los' to remove: none of the files "
             "before sets it\n"
             "    3 |   ~los:\n"
             "      |   ^~~~ did you mean 'loss'?\n"
             "a.yaml:4:1: error: ~hook: there is no key 'hook' to remove: none of the files before "
             "sets it\n"
             "    4 | ~hook:\n"
             "      | ^~~~~ did you mean 'hooks'?\n");
  BOOST_TEST(merged("a: 1", "~a: 1") ==
             "a.yaml:2:5: error: ~a: '~' removes the key and takes no value, found '1'\n"
             "    2 | ~a: 1\n"
             "      |     ^ write '~a': without a value\n");
  BOOST_TEST(contains(merged("l: [{a: 1}]", "l: [{~a: null}]"), "error: l.0.~a: there is no key"));
  BOOST_TEST(contains(merged("a: 1", "b: {~c: null}"), "error: b.~c: there is no key"));
}

BOOST_AUTO_TEST_CASE(another_type_drops_the_options) {
  BOOST_TEST(merged("o: {type: sgd, r: 1}", "o: {type: adam, e: 2}") == "{o: {type: adam, e: 2}}");
  BOOST_TEST(merged("o: {type: sgd, r: 1}", "o: {type: sgd, m: 2}") ==
             "{o: {type: sgd, r: 1, m: 2}}");
  BOOST_TEST(merged("o: {type: sgd, r: 1}", "o: {m: 2}") == "{o: {type: sgd, r: 1, m: 2}}");
  BOOST_TEST(merged("o: {type: sgd, r: 1}", "o: adam") == "{o: {type: adam}}");
  BOOST_TEST(merged("o: {type: sgd, r: 1}", "o: sgd") == "{o: {type: sgd, r: 1}}");
  BOOST_TEST(merged("o: sgd", "o: {r: 1}") == "{o: {type: sgd, r: 1}}");
  BOOST_TEST(merged("o: sgd", "o: {type: adam, r: 1}") == "{o: {type: adam, r: 1}}");
  BOOST_TEST(merged("r: {type: cosine, s: 1}", "r: 0.1") == "{r: 0.1}");
  BOOST_TEST(merged("r: 0.1", "r: {type: cosine, s: 1}") == "{r: {type: cosine, s: 1}}");
  const std::string hook = "hooks: {a: {type: image, every: 5, r: {type: x, p: 1}}}";
  BOOST_TEST(merged(hook, "hooks: {a: scalar}") == "{hooks: {a: {type: scalar, every: 5}}}");
  BOOST_TEST(merged(hook, "hooks: {a: {r: {type: y, q: 2}}}") ==
             "{hooks: {a: {type: image, every: 5, r: {type: y, q: 2}}}}");
}

BOOST_AUTO_TEST_CASE(many_bases) {
  const Files files{{"root.yaml", "a: root\nb: root\nc: root\nd: root"},
                    {"x/one.yaml", "extends: ../root.yaml\nb: one\nc: one"},
                    {"two.yaml", "extends: [root.yaml]\nc: two"},
                    {"a.yaml", "extends: [x/one.yaml, two.yaml]\nd: a"},
                    {"none.yaml", "extends: []\na: 1"},
                    {"only.yaml", "extends: two.yaml"},
                    {"twice.yaml", "extends: [two.yaml, ./two.yaml, root.yaml]"}};
  // root.yaml counts once: although two.yaml extends it too, it overrides nothing of one.yaml.
  BOOST_TEST(files.composed("a.yaml") == "{a: root, b: one, c: two, d: a}");
  BOOST_TEST(files.composed("none.yaml") == "{a: 1}");
  BOOST_TEST(files.composed("only.yaml") == "{a: root, b: root, c: two, d: root}");
  BOOST_TEST(files.composed("twice.yaml") == "{a: root, b: root, c: two, d: root}");
}

BOOST_AUTO_TEST_CASE(every_value_knows_its_file) {
  const Files files{{"base.yaml", "a: 1\nm: {b: 2}"},
                    {"f/x.yaml", "c: 3"},
                    {"a.yaml", "extends: base.yaml\nm: {d: 4}\nx: @f/x.yaml"}};
  config::Diagnostics diagnostics;
  const config::StaysWithPlace stays = [](auto, auto) { return false; };
  config::Composition composition(stays, diagnostics);
  const auto node = composition.file(files.path("a.yaml"));
  BOOST_REQUIRE(node.has_value());
  const auto file = [&files](const config::Node& n) {
    return std::filesystem::relative(n.where.source->path, files.path("")).string() + ":" +
           std::to_string(n.where.line);
  };
  BOOST_TEST(file(*node->find("a")) == "base.yaml:1");
  BOOST_TEST(file(*node->find("m")->find("b")) == "base.yaml:2");
  BOOST_TEST(file(*node->find("m")->find("d")) == "a.yaml:2");
  BOOST_TEST(file(*node->find("x")->find("c")) == "f/x.yaml:1");
  BOOST_TEST(node->where.source->path == files.path("a.yaml"));
  BOOST_TEST(composition.sources().size() == 3U);
}

BOOST_AUTO_TEST_CASE(fragments) {
  const Files files{{"o/adam.yaml", "type: adam\nr: 1"},
                    {"o/slow.yaml", "extends: adam.yaml\nr: 0.1"},
                    {"plain.yaml", "o: @o/adam.yaml"},
                    {"quoted.yaml", "o: '@o/adam.yaml'\np: \"@o/slow.yaml\""},
                    {"flow.yaml", "m: {o: @o/adam.yaml, l: [@o/slow.yaml, x]}\nn:\n- @o/adam.yaml"},
                    {"over.yaml", "extends: plain.yaml\no: {type: adam, e: 2}"},
                    {"drop.yaml", "extends: sgd.yaml\no: @o/adam.yaml"},
                    {"same.yaml", "extends: e.yaml\no: @o/slow.yaml"},
                    {"sgd.yaml", "o: {type: sgd, m: 1}"},
                    {"e.yaml", "o: {type: adam, e: 1}"},
                    {"text.yaml", "a: @@x\nb: '@@@y'\nc: x@y\nd: \"@@\\t\""}};
  BOOST_TEST(files.composed("plain.yaml") == "{o: {type: adam, r: 1}}");
  BOOST_TEST(files.composed("quoted.yaml") == "{o: {type: adam, r: 1}, p: {type: adam, r: 0.1}}");
  BOOST_TEST(files.composed("flow.yaml") ==
             "{m: {o: {type: adam, r: 1}, l: [{type: adam, r: 0.1}, x]}, n: [{type: adam, r: 1}]}");
  BOOST_TEST(files.composed("over.yaml") == "{o: {type: adam, r: 1, e: 2}}");
  BOOST_TEST(files.composed("drop.yaml") == "{o: {type: adam, r: 1}}");
  BOOST_TEST(files.composed("same.yaml") == "{o: {type: adam, e: 1, r: 0.1}}");
  BOOST_TEST(files.composed("text.yaml") == "{a: '@x', b: '@@y', c: x@y, d: '@\t'}");
  const std::string adam = files.path("o/adam.yaml");
  BOOST_TEST(files.composed("sgd.yaml", {"o.r=3", "o=@" + adam}) == "{o: {type: adam, r: 3}}");
  BOOST_TEST(files.composed("sgd.yaml", {"+p={q: @" + adam + "}"}) ==
             "{o: {type: sgd, m: 1}, p: {q: {type: adam, r: 1}}}");
  BOOST_TEST(files.composed("sgd.yaml", {"o=@@x"}) == "{o: '@x'}");
}

BOOST_AUTO_TEST_CASE(circles) {
  const Files files{{"a.yaml", "x: 1\nextends: [b.yaml]"},
                    {"b.yaml", "y: @c.yaml"},
                    {"c.yaml", "extends: a.yaml"},
                    {"self.yaml", "extends: self.yaml"}};
  BOOST_TEST(files.composed("a.yaml") ==
             "c.yaml:1:10: error: extends: files that refer to each other in a cycle\n"
             "    1 | extends: a.yaml\n"
             "      |          ^~~~~~ a.yaml -> b.yaml -> c.yaml -> a.yaml\n");
  BOOST_TEST(files.composed("self.yaml") ==
             "self.yaml:1:10: error: extends: files that refer to each other in a cycle\n"
             "    1 | extends: self.yaml\n"
             "      |          ^~~~~~~~~ self.yaml -> self.yaml\n");
}

BOOST_AUTO_TEST_CASE(no_file_is_meant_to_extend_itself) {
  const Files files{{"digits.yaml", "extends: digit.yaml"},
                    {"mid.yaml", "extends: digits.yam"},
                    {"a.yaml", "extends: mid.yml"}};
  BOOST_TEST(!contains(files.composed("digits.yaml"), "did you mean"));
  BOOST_TEST(contains(files.composed("mid.yaml"), "did you mean 'digits.yaml'?"));
  BOOST_TEST(contains(files.composed("a.yaml"), "did you mean 'mid.yaml'?"));
}

BOOST_AUTO_TEST_CASE(extensions_make_no_file_near) {
  const Files files{{"ds.yaml", "a: 1"},
                    {"adam.yml", "a: 1"},
                    {"a.yaml", "extends: h.yaml"},
                    {"b.yaml", "extends: adam"},
                    {"c.yaml", "extends: adma.yaml"},
                    {"d.yaml", "extends: adam.csv"}};
  BOOST_TEST(!contains(files.composed("a.yaml"), "did you mean"));
  BOOST_TEST(contains(files.composed("b.yaml"), "did you mean 'adam.yml'?"));
  BOOST_TEST(contains(files.composed("c.yaml"), "did you mean 'adam.yml'?"));
  BOOST_TEST(!contains(files.composed("d.yaml"), "did you mean"));
}

BOOST_AUTO_TEST_CASE(files_that_are_not_there) {
  const Files files{{"base.yaml", "a: 1"},
                    {"sub/x.yaml", "a: 1"},
                    {"a.yaml",
                     "extends: [bse.yaml, sub, 5, {}, @base.yaml, \"${x}\"]\nb: @nosuch.yaml\n"
                     "c: '@'\nd: '@ x'"}};
  BOOST_TEST(
      files.composed("a.yaml") ==
      "a.yaml:1:11: error: extends.0: there is no file 'bse.yaml'\n"
      "    1 | extends: [bse.yaml, sub, 5, {}, @base.yaml, \"${x}\"]\n"
      "      |           ^~~~~~~~ did you mean 'base.yaml'?\n"
      "a.yaml:1:21: error: extends.1: 'sub' is a folder, expected a config file\n"
      "    1 | extends: [bse.yaml, sub, 5, {}, @base.yaml, \"${x}\"]\n"
      "      |                     ^~~\n"
      "a.yaml:1:26: error: extends.2: there is no file '5'\n"
      "    1 | extends: [bse.yaml, sub, 5, {}, @base.yaml, \"${x}\"]\n"
      "      |                          ^\n"
      "a.yaml:1:29: error: extends.3: expected the path of a config, or a list of paths, found "
      "a map\n"
      "    1 | extends: [bse.yaml, sub, 5, {}, @base.yaml, \"${x}\"]\n"
      "      |                             ^\n"
      "a.yaml:1:33: error: extends.4: expected the path of a config, found '@base.yaml'\n"
      "    1 | extends: [bse.yaml, sub, 5, {}, @base.yaml, \"${x}\"]\n"
      "      |                                 ^~~~~~~~~~ without '@'\n"
      "a.yaml:1:45: error: extends.5: the name of a file cannot contain references\n"
      "    1 | extends: [bse.yaml, sub, 5, {}, @base.yaml, \"${x}\"]\n"
      "      |                                             ^~~~~~ files are read before "
      "references are filled in\n"
      "a.yaml:2:4: error: b: there is no file 'nosuch.yaml'\n"
      "    2 | b: @nosuch.yaml\n"
      "      |    ^~~~~~~~~~~~ a text that begins with '@' is written with two: @@\n"
      "a.yaml:3:4: error: c: expected '@' and the path of a config, found the text '@'\n"
      "    3 | c: '@'\n"
      "      |    ^~~ a text that begins with '@' is written with two: @@\n"
      "a.yaml:4:4: error: d: expected '@' and the path of a config, found the text '@ x'\n"
      "    4 | d: '@ x'\n"
      "      |    ^~~~~ a text that begins with '@' is written with two: @@\n");
  BOOST_TEST(files.composed("base.yaml", {"x=1", "a=@nosuch.yaml"}) ==
             "argument 2: error: a: there is no file 'nosuch.yaml'\n"
             "      | a=@nosuch.yaml\n"
             "      |   ^~~~~~~~~~~~ a text that begins with '@' is written with two: @@\n");
}

BOOST_AUTO_TEST_CASE(problems_in_bases_name_their_file) {
  const Files files{
      {"b.yaml", "a: [1"}, {"c.yaml", "- 1"}, {"a.yaml", "extends: [b.yaml, c.yaml]"}};
  BOOST_TEST(files.composed("a.yaml") ==
             "b.yaml:1:4: error: '[' is never closed\n"
             "    1 | a: [1\n"
             "      |    ^\n"
             "c.yaml:1:1: error: expected a map (lines of 'key: value'), found a list\n"
             "    1 | - 1\n"
             "      | ^\n");
}

BOOST_AUTO_TEST_CASE(all_files_together_have_the_limits_of_one) {
  Files files{{"leaf.yaml", "a: [" + std::string(2 * 2000, ' ') + "1"}};
  std::string leaf = "a: [0";
  for (int i = 0; i < 2000; ++i) leaf += ", 1";
  files.write("leaf.yaml", leaf + "]");
  // A bomb of fragments: ten of ten of ten ...
  for (int i = 0; i < 9; ++i) {
    const std::string next = i == 8 ? "leaf.yaml" : fmt::format("f{}.yaml", i + 1);
    std::string text = "a: [";
    for (int n = 0; n < 10; ++n) text += "@" + next + ", ";
    files.write(fmt::format("f{}.yaml", i), text + "1]");
  }
  BOOST_TEST(contains(files.composed("f0.yaml"), "hold more than 20,000 values"));

  for (int i = 0; i < 40; ++i)
    files.write(fmt::format("c{}.yaml", i), fmt::format("extends: c{}.yaml", i + 1));
  BOOST_TEST(contains(files.composed("c0.yaml"), "more than 16 files that each refer to the next"));

  std::string list = "extends: [";
  for (int i = 0; i < 300; ++i) list += fmt::format("n{}.yaml, ", i);
  files.write("many.yaml", list + "]");
  BOOST_TEST(contains(files.composed("many.yaml"), "more than 100 files for one config"));

  for (int i = 0; i < 4; ++i)
    files.write(fmt::format("l{}.yaml", i), "a: 1 #" + std::string(200'000, 'x'));
  files.write("long.yaml", "extends: [l0.yaml, l1.yaml, l2.yaml, l3.yaml]");
  BOOST_TEST(contains(files.composed("long.yaml"), "have more than 256 KiB together"));

  const std::string half(40, '[');
  files.write("deep.yaml", "a: " + half + "@deeper.yaml" + std::string(40, ']'));
  files.write("deeper.yaml", "a: " + half + std::string(40, ']'));
  BOOST_TEST(contains(files.composed("deep.yaml"), "nested deeper than 64 levels"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
