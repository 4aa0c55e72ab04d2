// Any input gets an answer, with little memory.
#include <fmt/format.h>
#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <random>

#include "assay/stamp.h"
#include "tests/config/show.h"

namespace assay::test {
namespace {

std::string repeated(const std::string& unit, std::size_t bytes) {
  std::string text;
  while (text.size() + unit.size() <= bytes) text += unit;
  return text;
}

long megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

// Returns the first line of the messages about the text.
std::string said(const std::string& text) {
  const std::string answer = read(text);
  return answer.substr(0, answer.find('\n'));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hostile)

BOOST_AUTO_TEST_CASE(nesting) {
  const std::string deeper = "error: nested deeper than 64 levels";
  BOOST_TEST(said(repeated("[", 100'000)).ends_with(deeper));
  BOOST_TEST(said(repeated("- ", 200'000)) == "a.yaml:1:129: " + deeper);
  BOOST_TEST(said("a: " + repeated("[", 64) + repeated("]", 64)) == "a.yaml:1:67: " + deeper);
  BOOST_TEST(said("a: " + repeated("[", 63) + repeated("]", 63)).starts_with("{a: [["));
  // Nest through aliases.
  std::string text = "a: &x " + repeated("[", 40) + repeated("]", 40) + "\n";
  text += "b: " + repeated("[", 40) + "*x" + repeated("]", 40);
  BOOST_TEST(said(text) == "a.yaml:2:44: " + deeper);
}

BOOST_AUTO_TEST_CASE(alias_bombs) {
  std::string laughs = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 60; ++i) {
    laughs += fmt::format("a{0}: &a{0} [*a{1}, *a{1}]\n", i, i - 1);
  }
  BOOST_TEST(said(laughs).find("more than 20,000 values, including those that aliases repeat") !=
             std::string::npos);
  const std::string text =
      "a: &a \"" + std::string(100'000, 'x') + "\"\nb: [" + repeated("*a, ", 10'000) + "x]";
  BOOST_TEST(said(text).find("aliases repeat more than 2,097,152 bytes of text") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(size) {
  BOOST_TEST(said(std::string(20'000'000, 'x')) ==
             "a.yaml: error: longer than 256 KiB, the limit for a config");
  BOOST_TEST(said("a: [" + repeated("1,", 100'000) + "1]").find("more than 20,000 values") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_same_again_and_again) {
  for (const char* unit :
       {"[",     "{",           "- ",   "? ",      "a: ", "&a ", "*a ", "\"",      "'",
        "!a ",   "[[],",        "{a: ", "[{",      ", ",  ": ",  "a ",  "a\n",     "- a\n",
        "{a,",   "[a,",         "#",    "\n",      " ",   "\t",  "%",   "---\n",   "|\n",
        "]",     "}",           "? \n", "[a: ",    "{? ", "[],", "{},", "- - -\n", "$ ",
        "${",    "\"a\": {",    "[\"",  "a: ,",    "- ,", "[,",  "{,",  "&a\n",    "!\n",
        "...\n", "%YAML 1.2\n", ">\n",  "a: |1\n", "*",   "é"}) {
    for (const char* before : {"", "a: ", "a: [", "- "}) {
      const auto start = std::chrono::steady_clock::now();
      BOOST_TEST(!read(before + repeated(unit, 250'000)).empty());
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
      if (seconds.count() > 0.3)
        BOOST_TEST_MESSAGE(before << unit << "...: " << seconds.count() << " s");
    }
  }
  std::string stairs;
  for (std::size_t i = 0; i < 650; ++i) stairs += std::string(i, ' ') + "a:\n";
  BOOST_TEST(said(stairs).find("nested deeper") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(random_texts) {
  const std::vector<std::string> pieces = {
      "a",     "b: ",   ":",   " ",  "\n",   "\n  ", "- ",   "? ", "[", "]",  "{", "}",  ",",
      "&x ",   "*x",    "!t ", "\"", "'",    "|",    ">",    "#",  "%", "@",  "`", "\\", "${",
      "---\n", "...\n", "\t",  "é",  "\x01", "\xFF", "null", "<<", "~", "\r", "1", "-"};
  std::mt19937 random(1);
  std::size_t good = 0;
  constexpr std::size_t texts = 20'000;
  for (std::size_t i = 0; i < texts; ++i) {
    std::string text = i % 2 == 0 ? "a: " : "";
    for (std::size_t n = random() % 24; n > 0; --n) text += pieces[random() % pieces.size()];
    const std::string answer = read(text);
    BOOST_REQUIRE(!answer.empty());
    good += answer.starts_with('{') ? 1 : 0;
  }
  BOOST_TEST_MESSAGE(good << " of " << texts << " are configs");
  BOOST_TEST(good > 0U);
}

// Runs last: checks the peak of all tests above.
BOOST_AUTO_TEST_CASE(memory) {
  BOOST_TEST_MESSAGE("peak: " << megabytes() << " MB");
  // The address sanitizer keeps freed memory for a while.
  BOOST_TEST(megabytes() < (stamp::sanitizers == "none" ? 256 : 1024 + 256));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
