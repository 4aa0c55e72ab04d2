#include "runner/config/interpolation.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "tests/config/show.h"

namespace assay::test {
namespace {

std::string filled_in(const std::string& text) {
  config::Diagnostics diagnostics;
  auto node = config::read_text("a.yaml", "/a.yaml", text, diagnostics);
  config::interpolate(*node, diagnostics);
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

BOOST_AUTO_TEST_CASE(the_environment) {
  setenv("ASSAY_TEST_NAME", "7", 1);
  unsetenv("ASSAY_TEST_NONE");
  BOOST_TEST(filled_in("a: ${env:ASSAY_TEST_NAME}") == "{a: 7}");
  BOOST_TEST(filled_in("a: x${env:ASSAY_TEST_NAME,8}") == "{a: 'x7'}");
  BOOST_TEST(filled_in("a: ${env:ASSAY_TEST_NONE,8}") == "{a: 8}");
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
             "a.yaml:3:4: error: c: references in a circle\n"
             "    3 | c: ${a}\n"
             "      |    ^~~~ a -> b -> c -> a\n");
  BOOST_TEST(filled_in("a: ${a}") ==
             "a.yaml:1:4: error: a: references in a circle\n"
             "    1 | a: ${a}\n"
             "      |    ^~~~ a -> a\n");
  BOOST_TEST(filled_in("a: {b: 1}\nc: ${a}\nd: ${now}\ne: \"${\"") ==
             "a.yaml:2:4: error: c: 'a' is a map: only single values can be referred to\n"
             "    2 | c: ${a}\n"
             "      |    ^~~~\n"
             "a.yaml:3:4: error: d: '${now}' needs a format\n"
             "    3 | d: ${now}\n"
             "      |    ^~~~~~ ${now:%Y%m%d-%H%M%S}\n"
             "a.yaml:4:4: error: e: '${' without its '}'\n"
             "    4 | e: \"${\"\n"
             "      |    ^~~~\n");
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
}

BOOST_AUTO_TEST_CASE(the_time) {
  setenv("TZ", "UTC-2", 1);
  tzset();
  const auto time =
      std::chrono::system_clock::from_time_t(1'000'000'000);  // 2001-09-09 01:46:40 UTC
  BOOST_TEST(config::expand_now("runs/${now:%Y%m%d-%H%M%S}/${step}", time) ==
             "runs/20010909-034640/${step}");
  BOOST_TEST(config::expand_now("x", time) == "x");
  BOOST_CHECK_THROW(config::expand_now("${now:%999999999Y}", time), std::runtime_error);
  BOOST_CHECK_THROW(config::expand_now("${now:}", time), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
