// Ticks, numbers as text, and colours.
#include "runner/contact_sheet/drawing/axis.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "runner/contact_sheet/drawing/colours.h"

namespace {

using namespace assay::contact_sheet;

std::vector<std::string> texts(const Axis& axis, std::size_t wished) {
  std::vector<std::string> texts;
  for (const Tick& tick : axis.ticks(wished)) texts.push_back(tick.text);
  return texts;
}

void expect(const std::vector<std::string>& found, const std::vector<std::string>& expected) {
  BOOST_CHECK_EQUAL_COLLECTIONS(found.begin(), found.end(), expected.begin(), expected.end());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(axis)

BOOST_AUTO_TEST_CASE(ticks_are_round_numbers_within_the_range) {
  expect(texts({0, 1, false}, 5), {"0.0", "0.2", "0.4", "0.6", "0.8", "1.0"});
  expect(texts({1, 3000, false}, 6), {"500", "1000", "1500", "2000", "2500", "3000"});
  expect(texts({0, 60000, false}, 3), {"0", "20,000", "40,000", "60,000"});
  expect(texts({-0.013, 0.021, false}, 4), {"-0.01", "0.00", "0.01", "0.02"});
  expect(texts({0.001, 10, true}, 4), {"0.001", "0.01", "0.1", "1", "10"});
  expect(texts({1e-12, 1e12, true}, 4), {"10⁻¹²", "10⁻⁶", "10⁰", "10⁶", "10¹²"});
  expect(texts({0.02, 0.4, true}, 6), {"0.02", "0.05", "0.1", "0.2"});
  // Less than what logarithmic ticks could name.
  expect(texts({2.1, 2.9, true}, 4), {"2.2", "2.4", "2.6", "2.8"});
}

BOOST_AUTO_TEST_CASE(strange_ranges_have_ticks_with_places) {
  constexpr double largest = std::numeric_limits<double>::max();
  for (const Axis& axis :
       {Axis(5, 5, false), Axis(0, 0, false), Axis(3, 3, true), Axis(-largest, largest, false),
        Axis(1e-300, 1e300, true), Axis(1, std::nextafter(1.0, 2.0), false),
        Axis(5e-324, 1e-323, false), Axis(1e15, 1e15 + 2, false)})
    for (const Tick& tick : axis.widened(0.05).ticks(5)) {
      BOOST_TEST(std::isfinite(tick.place));
      BOOST_TEST(!tick.text.empty());
      BOOST_TEST(tick.text.size() < 24U);
    }
}

BOOST_AUTO_TEST_CASE(an_axis_is_logarithmic_for_positive_values_over_decades) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  BOOST_TEST(axis_of(std::vector{0.01, 1.0}).logarithmic());
  BOOST_TEST(!axis_of(std::vector{0.011, 1.0}).logarithmic());
  BOOST_TEST(!axis_of(std::vector{0.0, 1000.0}).logarithmic());
  const Axis axis = axis_of(std::vector{nan, 2.0, infinity, 3.0, -infinity});
  BOOST_TEST(axis.low() == 2);
  BOOST_TEST(axis.high() == 3);
  BOOST_TEST(axis_of(std::vector{nan}).high() == 1);
  const double sum = 0.1 + 0.2;  // not 0.3
  BOOST_TEST(std::abs(axis_of(std::vector{sum, 0.3}).place_of(0.3) - 0.5) < 0.01);
}

BOOST_AUTO_TEST_CASE(numbers_are_short) {
  BOOST_TEST(number_text(0.93333) == "0.933");
  BOOST_TEST(number_text(17610.4) == "17610");
  BOOST_TEST(number_text(1.5e-7) == "1.5e-7");
  BOOST_TEST(number_text(-2e30) == "-2e30");
  BOOST_TEST(number_text(0) == "0");
  BOOST_TEST(number_text(std::nan("")) == "NaN");
}

// The values are matplotlib's (_cm_listed.py, CC0), of 255.
BOOST_AUTO_TEST_CASE(viridis_is_matplotlibs) {
  constexpr double table[5][3] = {
      {68, 1, 84}, {59, 82, 139}, {33, 145, 140}, {94, 201, 98}, {253, 231, 37}};
  for (int i = 0; i < 5; ++i) {
    const Colour colour = viridis(i / 4.0);
    BOOST_TEST(std::abs(colour.red - table[i][0] / 255) < 0.02);
    BOOST_TEST(std::abs(colour.green - table[i][1] / 255) < 0.02);
    BOOST_TEST(std::abs(colour.blue - table[i][2] / 255) < 0.02);
  }
}

BOOST_AUTO_TEST_SUITE_END()
