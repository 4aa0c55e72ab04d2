#include "runner/plan/scalar.h"

#include <fmt/format.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>

namespace assay::test {
namespace {

config::Node scalar(const std::string& text, bool quoted = false) {
  config::Node node;
  node.kind = config::Node::Kind::scalar;
  node.scalar = text;
  node.quoted = quoted;
  return node;
}

template <class T>
std::string answer(const plan::Scalar<T>& scalar) {
  return scalar.value ? fmt::format("{}", *scalar.value) : "no: " + scalar.hint;
}

std::string boolean(const std::string& text) { return answer(plan::boolean(scalar(text))); }
std::string integer(const std::string& text) { return answer(plan::integer(scalar(text))); }
std::string number(const std::string& text) { return answer(plan::number(scalar(text))); }

}  // namespace

BOOST_AUTO_TEST_SUITE(scalars)

BOOST_AUTO_TEST_CASE(booleans) {
  BOOST_TEST(boolean("true") == "true");
  BOOST_TEST(boolean("false") == "false");
  for (const char* word : {"yes", "on", "True", "TRUE", "Y", "1"})
    BOOST_TEST(boolean(word) == "no: write true");
  for (const char* word : {"no", "off", "False", "n", "0"})
    BOOST_TEST(boolean(word) == "no: write false");
  BOOST_TEST(boolean("maybe") == "no: ");
  BOOST_TEST(answer(plan::boolean(scalar("true", true))) == "no: write it without quotes");
  BOOST_TEST(answer(plan::boolean(config::Node{})) == "no: ");
}

BOOST_AUTO_TEST_CASE(integers) {
  BOOST_TEST(integer("0") == "0");
  BOOST_TEST(integer("-12") == "-12");
  BOOST_TEST(integer("+12") == "12");
  BOOST_TEST(integer("9223372036854775807") == "9223372036854775807");
  BOOST_TEST(integer("-9223372036854775808") == "-9223372036854775808");
  BOOST_TEST(integer("9223372036854775808") == "no: integers are at most 9223372036854775807");
  BOOST_TEST(integer("010") == "no: no leading zeros: write 10");
  BOOST_TEST(integer("-007") == "no: no leading zeros: write -7");
  BOOST_TEST(integer("00") == "no: no leading zeros: write 0");
  BOOST_TEST(integer("0x10") == "no: numbers are decimal: write 16");
  BOOST_TEST(integer("0o17") == "no: numbers are decimal: write 15");
  BOOST_TEST(integer("1_000") == "no: write 1000");
  BOOST_TEST(integer("1e3") == "no: write 1000");
  BOOST_TEST(integer("3.0") == "no: write 3");
  BOOST_TEST(integer("3.5") == "no: ");
  BOOST_TEST(integer("1e300") == "no: ");
  for (const char* text : {"", "-", "+-1", "1 2", "x", "1x", "--1", " 1"})
    BOOST_TEST(integer(text) == "no: ");
  BOOST_TEST(answer(plan::integer(scalar("5", true))) == "no: write 5: numbers have no quotes");
}

BOOST_AUTO_TEST_CASE(numbers) {
  BOOST_TEST(number("0.05") == "0.05");
  BOOST_TEST(number("-1e-8") == "-1e-08");
  BOOST_TEST(number(".5") == "0.5");
  BOOST_TEST(number("5.") == "5");
  BOOST_TEST(number("+1E3") == "1000");
  for (const char* text : {".inf", "-.inf", ".nan", "inf", "NaN", "Infinity"})
    BOOST_TEST(number(text) == "no: a number must be finite");
  BOOST_TEST(number("1e400") == "no: it is beyond the range of a float64");
  BOOST_TEST(number("1e-400") == "no: it is beyond the range of a float64");
  BOOST_TEST(number("0,5") == "no: write 0.5");
  BOOST_TEST(number("00.5") == "no: no leading zeros: write 0.5");
  BOOST_TEST(number("0x1p3") == "no: numbers are decimal");
  for (const char* text : {"", ".", "e5", "1e", "1e+", "1.2.3", "x%", "%"})
    BOOST_TEST(number(text) == "no: ");
  BOOST_TEST(number("12.5%") == "no: write 0.125");
  BOOST_TEST(integer("5%") == "no: ");
  BOOST_TEST(integer("1:30") == "no: numbers are decimal, without ':'");
}

BOOST_AUTO_TEST_CASE(numbers_come_back) {
  BOOST_TEST(plan::shortest(0.05) == "0.05");
  BOOST_TEST(plan::shortest(1) == "1");
  BOOST_TEST(plan::shortest(1e-8) == "1.0e-08");
  BOOST_TEST(plan::shortest(1.5e300) == "1.5e+300");
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> mantissa(-1, 1);
  std::uniform_int_distribution<int> exponent(-1000, 1000);
  for (int i = 0; i < 10'000; ++i) {
    const double value = std::ldexp(mantissa(random), exponent(random));
    const auto read = plan::number(scalar(plan::shortest(value)));
    BOOST_REQUIRE(read.value.has_value());
    BOOST_REQUIRE_EQUAL(*read.value, value);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace assay::test
