#include "assay/text.h"

#include <random>
#include <string>

#include "runner/base/utf8.h"
#include "tests/plugin_host/plugins.h"

using namespace assay;

namespace {

// Returns the expected result, from the host's own UTF-8 decoder and the Unicode category Cc.
bool expected(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto character = base::character_at(text, at);
    if (!character) return false;
    const char32_t c = character->code;
    if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029) return false;
    at += character->bytes;
  }
  return true;
}

std::string utf8(char32_t code) {
  const auto byte = [](char32_t value) { return static_cast<char>(value); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0 | code >> 6), byte(0x80 | (code & 0x3F))};
  if (code < 0x10000)
    return {byte(0xE0 | code >> 12), byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F))};
  return {byte(0xF0 | code >> 18), byte(0x80 | (code >> 12 & 0x3F)),
          byte(0x80 | (code >> 6 & 0x3F)), byte(0x80 | (code & 0x3F))};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(every_character_is_judged_as_the_host_reads_it) {
  int differ = 0, lines = 0;
  for (char32_t code = 0; code < 0x200000; ++code) {
    const std::string one = "a" + utf8(code) + "b";
    lines += is_line(one);
    differ += is_line(one) != expected(one);
  }
  BOOST_TEST_MESSAGE(lines << " characters can stand in a line");
  BOOST_TEST(differ == 0);
  BOOST_TEST(lines == 0x110000 - 0x800 - 0x20 - 0x21 - 2);  // without surrogates, Cc, separators
}

BOOST_AUTO_TEST_CASE(bytes_in_any_order_are_judged_as_the_host_reads_them) {
  std::mt19937 random(5);
  int differ = 0, lines = 0;
  for (int i = 0; i < 300'000; ++i) {
    std::string bytes(1 + random() % 4, 'x');
    for (char& byte : bytes)
      byte = static_cast<char>(random() % 3 == 0 ? random() : 0x80 + random() % 0x80);
    lines += is_line(bytes);
    differ += is_line(bytes) != expected(bytes);
  }
  BOOST_TEST_MESSAGE(lines << " of 300000 are lines");
  BOOST_TEST(differ == 0);
  BOOST_TEST(lines > 1000);
}

BOOST_AUTO_TEST_CASE(names_and_words) {
  for (const char* name : {"a", "top_k", "a1", "x__"}) BOOST_TEST(is_name(name), name);
  for (const char* name : {"", "A", "1a", "_a", "a b", "a-b", "a\n", "\xc3\xa4"})
    BOOST_TEST(!is_name(name), name);
  for (const char* word : {"1.0.0", "1", "MIT"}) BOOST_TEST(is_word(word), word);
  for (const char* word : {"", "1 0", "1\t0", "1\n"}) BOOST_TEST(!is_word(word), word);
  BOOST_TEST(is_line(""));
}

BOOST_AUTO_TEST_SUITE_END()
