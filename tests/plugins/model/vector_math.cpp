// Compares the vectors' elementary functions with the C library's in float64.
#include "tests/plugins/model/vector_math.h"

#include <algorithm>
#include <bit>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "tests/support/instruction_sets.h"

using namespace assay;
using namespace assay::test;

namespace {

const VectorMath& math_for([[maybe_unused]] InstructionSet set) {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return avx512_math;
  if (set == InstructionSet::avx2) return avx2_math;
#endif
  return generic_math;
}

/// Returns every `step`-th float from a to b (of one sign, |a| < |b|).
std::vector<float> floats(float a, float b, std::uint32_t step) {
  std::vector<float> result;
  for (auto bits = std::bit_cast<std::uint32_t>(a); bits < std::bit_cast<std::uint32_t>(b);
       bits += step)
    result.push_back(std::bit_cast<float>(bits));
  result.resize(result.size() / 16 * 16);
  return result;
}

/// Returns the distance from the float64 value in units of the nearest float32.
double ulps(float found, double exact) {
  const auto nearest = static_cast<float>(exact);
  if (std::isinf(nearest)) return found == nearest ? 0 : HUGE_VAL;
  const double unit = static_cast<double>(std::nextafter(std::abs(nearest), HUGE_VALF)) -
                      static_cast<double>(std::abs(nearest));
  const double result = std::abs(static_cast<double>(found) - exact) / unit;
  return std::isnan(result) ? HUGE_VAL : result;
}

double worst(void (*f)(const float*, float*, std::ptrdiff_t), double (*exact)(double),
             const std::vector<float>& x) {
  std::vector<float> y(x.size());
  f(x.data(), y.data(), static_cast<std::ptrdiff_t>(x.size()));
  double result = 0;
  for (std::size_t i = 0; i < x.size(); ++i)
    result = std::max(result, ulps(y[i], exact(static_cast<double>(x[i]))));
  return result;
}

float at(void (*f)(const float*, float*, std::ptrdiff_t), float x) {
  std::vector<float> values(16, x), y(16);
  f(values.data(), y.data(), 16);
  return y[5];
}

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

}  // namespace

BOOST_AUTO_TEST_SUITE(vector_math)

BOOST_AUTO_TEST_CASE(exp) {
  for (const InstructionSet set : instruction_sets()) {
    const auto f = math_for(set).exp;
    const auto exact = [](double x) { return std::exp(x); };
    const double positive = worst(f, exact, floats(0, 95, 997));
    const double negative = worst(f, exact, floats(-0.0F, -87, 997));
    const double tiny = worst(f, exact, floats(-87, -110, 97));
    BOOST_TEST(positive < 2);
    BOOST_TEST(negative < 2);
    BOOST_TEST(tiny < 2);
    BOOST_TEST_MESSAGE(name_of(set) << ": exp off by " << positive << ", " << negative
                                    << " and (below -87) " << tiny << " ulp");
    BOOST_TEST(at(f, infinity) == infinity);
    BOOST_TEST(at(f, 1e30F) == infinity);
    BOOST_TEST(at(f, -infinity) == 0);
    BOOST_TEST(at(f, -1e30F) == 0);
    BOOST_TEST(at(f, 0) == 1);
    BOOST_TEST(std::isnan(at(f, not_a_number)));
  }
}

BOOST_AUTO_TEST_CASE(expm1) {
  for (const InstructionSet set : instruction_sets()) {
    const auto f = math_for(set).expm1;
    const auto exact = [](double x) { return std::expm1(x); };
    const double positive = worst(f, exact, floats(1e-30F, 88, 997));
    const double negative = worst(f, exact, floats(-1e-30F, -200, 997));
    BOOST_TEST(positive < 3);
    BOOST_TEST(negative < 3);
    BOOST_TEST_MESSAGE(name_of(set)
                       << ": expm1 off by " << positive << " and " << negative << " ulp");
    BOOST_TEST(at(f, -infinity) == -1);
    BOOST_TEST(at(f, 0) == 0);
    BOOST_TEST(std::isnan(at(f, not_a_number)));
  }
}

BOOST_AUTO_TEST_CASE(log) {
  for (const InstructionSet set : instruction_sets()) {
    const auto f = math_for(set).log;
    const auto exact = [](double x) { return std::log(x); };
    const double found = worst(f, exact, floats(1, 1e9F, 97));
    const double small = worst(f, exact, floats(1e-37F, 1, 997));
    BOOST_TEST(found < 3);
    BOOST_TEST(small < 3);
    BOOST_TEST_MESSAGE(name_of(set)
                       << ": log off by " << found << " (from 1) and " << small << " ulp (below)");
    BOOST_TEST(at(f, 1) == 0);
    BOOST_TEST(std::isnan(at(f, not_a_number)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
