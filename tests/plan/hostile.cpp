// Configs that are valid YAML and small, but meant to break the code after the reader.
#include <boost/test/unit_test.hpp>
#include <chrono>

#include "runner/config/overrides.h"
#include "tests/plan/experiment.h"

namespace assay::test {
namespace {

constexpr int many = 9000;

template <class Line>
std::string lines(int count, const Line& line) {
  std::string text;
  for (int i = 0; i < count; ++i) text += line(i);
  return text;
}

std::string answer(const std::string& config) {
  const auto start = std::chrono::steady_clock::now();
  std::string problems = plan_of(config).problems;
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  BOOST_TEST_MESSAGE(config.substr(0, 30) << "...: " << seconds.count() << " s");
  return problems;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hostile)

BOOST_AUTO_TEST_CASE(many_problems) {
  BOOST_TEST(contains(answer(lines(many, [](int i) { return fmt::format("k{}: 1\n", i); })),
                      "... and 8,905 more problems"));
  BOOST_TEST(contains(answer(lines(many, [](int i) { return fmt::format("k{}: ${{x}}\n", i); })),
                      "the config sets no key 'x'"));
  BOOST_TEST(contains(answer("model: {type: mlp, hidden: [" +
                             lines(many, [](int) { return std::string("x, "); }) + "1]}"),
                      "model.hidden.0: expected an integer"));
}

BOOST_AUTO_TEST_CASE(many_components) {
  BOOST_TEST(
      contains(answer("hooks: [" + lines(many, [](int) { return std::string("scalar, "); }) + "x]"),
               "hooks.0.tag: missing"));
  BOOST_TEST(contains(
      answer("hooks:\n" +
             lines(2000, [](int i) { return fmt::format("  k{}: {{type: scalr}}\n", i); })),
      "hooks.k0.type: no hook 'scalr'"));
}

BOOST_AUTO_TEST_CASE(references) {
  BOOST_TEST(
      contains(answer(lines(many, [](int i) { return fmt::format("k{}: ${{k{}}}\n", i, i + 1); })),
               "too long a chain of references"));
  BOOST_TEST(contains(answer("a: '" + lines(many, [](int) { return std::string("${b}"); }) +
                             "'\nb: " + std::string(1000, 'x')),
                      "references make too much text"));
}

BOOST_AUTO_TEST_CASE(long_texts) {
  const std::string text(200'000, 'a');
  BOOST_TEST(contains(answer(text + ": 1"), "a.yaml:1:1: error: a key longer than 1,024 bytes"));
  BOOST_TEST(contains(answer(text.substr(0, 1000) + ": 1"), "unknown key"));
  BOOST_TEST(contains(answer("optimizer: " + text), "no optimizer 'aaa"));
  BOOST_TEST(contains(answer("hooks: {a: {type: scalar, tag: x, at: 1, value: test." + text + "}}"),
                      "dataset: missing"));
  BOOST_TEST(
      contains(answer("seed: 1" + std::string(200'000, '0')), "at most 9223372036854775807"));
}

BOOST_AUTO_TEST_CASE(arguments) {
  config::Diagnostics diagnostics;
  config::Node root;
  root.kind = config::Node::Kind::map;
  const config::StaysWithPlace nothing_stays = [](std::span<const std::string>, std::string_view) {
    return false;
  };
  config::Composition composition(nothing_stays, diagnostics);
  const std::vector<std::string> deep = {
      lines(50'000, [](int) { return std::string("a."); }) + "b=1",
      "a=" + std::string(100'000, '['),
      "a=" + std::string(600'000, 'x'),
      "a=\xFF",
      "\xFF=1",
      std::string("a\0=1", 4)};
  config::apply_overrides(root, deep, composition, config::Defaults(), diagnostics);
  BOOST_TEST(diagnostics.size() == deep.size());
  BOOST_TEST(contains(diagnostics.text(false), "argument 1: error: nested too deeply"));
  BOOST_TEST(contains(diagnostics.text(false), "argument 2: error: nested deeper than 64 levels"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
