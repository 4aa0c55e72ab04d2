#include "runner/config/interpolation.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "runner/config/reference.h"
#include "tests/config/show.h"

namespace assay::test {
namespace {

std::string filled_in(const std::string& text) {
  config::Diagnostics diagnostics;
  auto node = config::read_text("a.yaml", "/a.yaml", text, diagnostics);
  config::interpolate(*node, config::Defaults(), diagnostics);
  return diagnostics.empty() ? show(*node) : diagnostics.text(false);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(interpolation)

BOOST_AUTO_TEST_CASE(other_keys) {
  BOOST_TEST(filled_in("seed: 5\na: ${seed}") == "{seed: 5, a: 5}");
  BOOST_TEST(filled_in("o: {r: 0.1}\na: {b: \"${o.r}\"}") == "{o: {r: 0.1}, a: {b: 0.1}}");
  BOOST_TEST(filled_in("s: 5\na: x-${s}-${s}") == "{s: 5, a: 'x-5-5'}");
  BOOST_TEST(filled_in("a: ${b}\nb: ${c}\nc: 'x'") == "{a: 'x', b: 'x', c: 'x'}");
  BOOST_TEST(filled_in("l: [1, 2]\na: ${l.1}\nb: ${n}\nn: null") ==
             "{l: [1, 2], a: 2, b: null, n: null}");
  BOOST_TEST(filled_in("a: 5$\nb: $x") == "{a: 5$, b: $x}");
}

BOOST_AUTO_TEST_CASE(lists_and_maps) {
  BOOST_TEST(filled_in("r: {type: sheet, rows: 5}\na: ${r}\nb: [\"${r}\", \"${l}\"]\nl: [1, x]") ==
             "{r: {type: sheet, rows: 5}, a: {type: sheet, rows: 5}, b: [{type: sheet, rows: 5}, "
             "[1, x]], l: [1, x]}");
  BOOST_TEST(filled_in("s: 5\na: ${b}\nb: {c: \"${s}\", d: \"${e}\"}\ne: [\"x${s}\"]") ==
             "{s: 5, a: {c: 5, d: ['x5']}, b: {c: 5, d: ['x5']}, e: ['x5']}");
  config::Diagnostics diagnostics;
  auto node = config::read_text("a.yaml", "/a.yaml", "a: ${b}\nb: {c: 1}\n", diagnostics);
  config::interpolate(*node, config::Defaults(), diagnostics);
  BOOST_TEST(node->find("a")->where.line == 1);
  BOOST_TEST(node->find("a")->find("c")->where.line == 1);
}

BOOST_AUTO_TEST_CASE(what_is_meant_literally) {
  BOOST_TEST(filled_in("s: 1\na: \\${s} ${s}\nb: ${a}\nc: '\\${'") ==
             "{s: 1, a: '\\${s} 1', b: '\\${s} 1', c: '\\${'}");
  BOOST_TEST(config::literal("\\${s} \\$ ${t} \\${") == "${s} \\$ ${t} ${");
  setenv("ASSAY_TEST_NAME", "${s}", 1);
  BOOST_TEST(filled_in("s: 1\na: ${env:ASSAY_TEST_NAME}") == "{s: 1, a: \\${s}}");
}

BOOST_AUTO_TEST_CASE(the_environment) {
  setenv("ASSAY_TEST_NAME", "7", 1);
  unsetenv("ASSAY_TEST_NONE");
  BOOST_TEST(filled_in("a: ${env:ASSAY_TEST_NAME}") == "{a: 7}");
  BOOST_TEST(filled_in("a: x${env:ASSAY_TEST_NAME,8}") == "{a: 'x7'}");
  BOOST_TEST(filled_in("a: ${env:ASSAY_TEST_NONE,8}") == "{a: 8}");
  BOOST_TEST(filled_in("a: '${env: ASSAY_TEST_NONE, 8 }'") == "{a: 8}");
  BOOST_TEST(filled_in("a: ${env:ASSAY_TEST_NONE,}") == "{a: }");
  BOOST_TEST(filled_in("a: ${env:ASSAY_TEST_NONE,null}") == "{a: null}");
  setenv("ASSAY_TEST_NAME", "\xFF", 1);
  BOOST_TEST(filled_in("a: ${env:ASSAY_TEST_NAME}\nb: ${env:ASSAY_TEST_NONE}") ==
             "a.yaml:1:4: error: a: the environment variable 'ASSAY_TEST_NAME' does not hold text\n"
             "    1 | a: ${env:ASSAY_TEST_NAME}\n"
             "      |    ^~~~~~~~~~~~~~~~~~~~~~\n"
             "a.yaml:2:4: error: b: the environment variable 'ASSAY_TEST_NONE' is not set\n"
             "    2 | b: ${env:ASSAY_TEST_NONE}\n"
             "      |    ^~~~~~~~~~~~~~~~~~~~~~ give a default: ${env:ASSAY_TEST_NONE,default}\n");
}

BOOST_AUTO_TEST_CASE(what_the_run_knows_stays) {
  BOOST_TEST(filled_in("s: 1\na: r/${s}/${now:%Y} ${step} ${epoch}") ==
             "{s: 1, a: 'r/1/${now:%Y} ${step} ${epoch}'}");
}

BOOST_AUTO_TEST_CASE(problems) {
  BOOST_TEST(filled_in("seed: 1\na: ${sed}\nb: ${a}\nc: ${b}-${b}") ==
             "a.yaml:2:4: error: a: the config sets no key 'sed'\n"
             "    2 | a: ${sed}\n"
             "      |    ^~~~~~ did you mean 'seed'?\n");
  BOOST_TEST(filled_in("a: ${b}\nb: ${x}") ==
             "a.yaml:2:4: error: b: the config sets no key 'x'\n"
             "    2 | b: ${x}\n"
             "      |    ^~~~ a -> b -> x\n");
  BOOST_TEST(filled_in("a: ${b}\nb: x${c}\nc: ${a}") ==
             "a.yaml:3:4: error: c: references in a cycle\n"
             "    3 | c: ${a}\n"
             "      |    ^~~~ a -> b -> c -> a\n");
  BOOST_TEST(filled_in("a: ${a}") ==
             "a.yaml:1:4: error: a: references in a cycle\n"
             "    1 | a: ${a}\n"
             "      |    ^~~~ a -> a\n");
  BOOST_TEST(filled_in("a: {b: 1}\nc: x${a}\nd: ${now}\ne: \"${\"") ==
             "a.yaml:2:5: error: c: 'a' is a map: within a text, references can only refer to "
             "single values\n"
             "    2 | c: x${a}\n"
             "      |     ^~~~\n"
             "a.yaml:3:4: error: d: '${now}' needs a format\n"
             "    3 | d: ${now}\n"
             "      |    ^~~~~~ ${now:%Y%m%d-%H%M%S}\n"
             "a.yaml:4:5: error: e: '${' without its '}'\n"
             "    4 | e: \"${\"\n"
             "      |     ^~\n");
  BOOST_TEST(filled_in("s: 1\na: ${s + 1}\nb: ${2*s}\nc: ${s-1}\nd: ${}\ne: ${a${s}}\nf: "
                       "${oc.env:HOME}\ng: ${.s}") ==
             "a.yaml:2:4: error: a: expected the name of a key, found 's + 1'\n"
             "    2 | a: ${s + 1}\n"
             "      |    ^~~~~~~~ there is no arithmetic with references: write the result\n"
             "a.yaml:3:4: error: b: expected the name of a key, found '2*s'\n"
             "    3 | b: ${2*s}\n"
             "      |    ^~~~~~ there is no arithmetic with references: write the result\n"
             "a.yaml:4:4: error: c: the config sets no key 's-1'\n"
             "    4 | c: ${s-1}\n"
             "      |    ^~~~~~\n"
             "a.yaml:5:4: error: d: expected the full name of a key, found ''\n"
             "    5 | d: ${}\n"
             "      |    ^~~ ${optimizer.learning_rate}\n"
             "a.yaml:6:4: error: e: a reference within a reference\n"
             "    6 | e: ${a${s}}\n"
             "      |    ^~~~~~~ name the key itself\n"
             "a.yaml:7:4: error: f: there is no '${oc.env:...}'\n"
             "    7 | f: ${oc.env:HOME}\n"
             "      |    ^~~~~~~~~~~~~~ there are ${env:NAME}, ${env:NAME,default}, "
             "${secret:NAME}, ${now:FORMAT}\n"
             "a.yaml:8:4: error: g: expected the full name of a key, found '.s'\n"
             "    8 | g: ${.s}\n"
             "      |    ^~~~~ ${optimizer.learning_rate}\n");
  BOOST_TEST(filled_in("a: [1, 2]\nb: ${a.1}") == "{a: [1, 2], b: 2}");
  BOOST_TEST(filled_in("a: [1, 2]\nb: ${a.1x}") ==
             "a.yaml:2:4: error: b: the config sets no key 'a.1x'\n"
             "    2 | b: ${a.1x}\n"
             "      |    ^~~~~~~\n");
  BOOST_TEST(filled_in("a: [1, 2]\nb: ${a[1]}") ==
             "a.yaml:2:4: error: b: expected the name of a key, found 'a[1]'\n"
             "    2 | b: ${a[1]}\n"
             "      |    ^~~~~~~ an element of a list is written ${a.1}\n");
  BOOST_TEST(filled_in("a: ${x} and ${y}\nb: 1${a}") ==
             "a.yaml:1:4: error: a: the config sets no key 'x'\n"
             "    1 | a: ${x} and ${y}\n"
             "      |    ^~~~\n"
             "a.yaml:1:13: error: a: the config sets no key 'y'\n"
             "    1 | a: ${x} and ${y}\n"
             "      |             ^~~~\n");
  BOOST_TEST(filled_in("a: {b: [1, \"${a}\"]}") ==
             "a.yaml:1:13: error: a.b.1: references in a cycle\n"
             "    1 | a: {b: [1, \"${a}\"]}\n"
             "      |             ^~~~ a.b.1 -> a -> a.b.1\n");
  BOOST_TEST(filled_in("a: {b: \"${c}\"}\nc: {d: \"${a}\"}") ==
             "a.yaml:2:9: error: c.d: references in a cycle\n"
             "    2 | c: {d: \"${a}\"}\n"
             "      |         ^~~~ a.b -> c -> c.d -> a -> a.b\n");
}

BOOST_AUTO_TEST_CASE(growth_has_an_end) {
  std::string config = "a0: " + std::string(1000, 'x') + "\n";
  for (int i = 1; i < 30; ++i) {
    config += fmt::format("a{}: ${{a{}}}${{a{}}}\n", i, i - 1, i - 1);
  }
  BOOST_TEST(filled_in(config).find("references make too much text") != std::string::npos);
  std::string chain = "a0: ${a1}\n";
  for (int i = 1; i < 5000; ++i) chain += fmt::format("a{}: ${{a{}}}\n", i, i + 1);
  BOOST_TEST(filled_in(chain).find("too long a chain of references") != std::string::npos);
  std::string bomb = "a0: [1, 1, 1, 1]\n";
  for (int i = 1; i < 60; ++i)
    bomb += fmt::format("a{0}: [\"${{a{1}}}\", \"${{a{1}}}\"]\n", i, i - 1);
  BOOST_TEST(filled_in(bomb).find("references make more than 20,000 values") != std::string::npos);
  std::string stairs = "a0: [1]\n";
  for (int i = 1; i < 80; ++i) stairs += fmt::format("a{0}: [\"${{a{1}}}\"]\n", i, i - 1);
  BOOST_TEST(filled_in(stairs).find("nested deeper than 64 levels") != std::string::npos);
  std::string circles = "a: {x: [" + std::string(1, '1');
  for (int i = 0; i < 5000; ++i) circles += ", 1";
  circles += "]";
  for (int i = 0; i < 3000; ++i) circles += fmt::format(", b{}: \"${{a}}\"", i);
  BOOST_TEST(filled_in(circles + "}").find("references in a cycle") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_time) {
  setenv("TZ", "UTC-2", 1);
  tzset();
  const auto time =
      std::chrono::system_clock::from_time_t(1'000'000'000);  // 2001-09-09 01:46:40 UTC
  BOOST_TEST(config::expand_now("runs/${now:%Y%m%d-%H%M%S}/${step}", time) ==
             "runs/20010909-034640/${step}");
  BOOST_TEST(config::expand_now("x", time) == "x");
  BOOST_TEST(config::expand_now("\\${now:%Y} ${now:%Y}", time) == "${now:%Y} 2001");
  BOOST_CHECK_THROW(config::expand_now("${now:%999999999Y}", time), std::runtime_error);
  BOOST_CHECK_THROW(config::expand_now("${now:}", time), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
