// Trials from a Sobol sequence. The expected points are those of SciPy 1.17.1:
//   scipy.stats.qmc.Sobol(d=6, scramble=False).random(16)
//   scipy.stats.qmc.Sobol(d=40, scramble=False).random(1024)[[777, 1023]][:, [0, 1, 2, 9, 19, 29,
//   39]]
#include "runner/batch/points.h"

#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "assay/error.h"

using namespace assay;
using batch::Point;
using batch::Sampler;
using batch::Trials;

namespace {

constexpr std::array<std::array<double, 6>, 16> of_scipy = {{
    {0.0, 0.0, 0.0, 0.0, 0.0, 0.0},
    {0.5, 0.5, 0.5, 0.5, 0.5, 0.5},
    {0.75, 0.25, 0.25, 0.25, 0.75, 0.75},
    {0.25, 0.75, 0.75, 0.75, 0.25, 0.25},
    {0.375, 0.375, 0.625, 0.875, 0.375, 0.125},
    {0.875, 0.875, 0.125, 0.375, 0.875, 0.625},
    {0.625, 0.125, 0.875, 0.625, 0.625, 0.875},
    {0.125, 0.625, 0.375, 0.125, 0.125, 0.375},
    {0.1875, 0.3125, 0.9375, 0.4375, 0.5625, 0.3125},
    {0.6875, 0.8125, 0.4375, 0.9375, 0.0625, 0.8125},
    {0.9375, 0.0625, 0.6875, 0.1875, 0.3125, 0.5625},
    {0.4375, 0.5625, 0.1875, 0.6875, 0.8125, 0.0625},
    {0.3125, 0.1875, 0.3125, 0.5625, 0.9375, 0.4375},
    {0.8125, 0.6875, 0.8125, 0.0625, 0.4375, 0.9375},
    {0.5625, 0.4375, 0.0625, 0.8125, 0.1875, 0.6875},
    {0.0625, 0.9375, 0.5625, 0.3125, 0.6875, 0.1875},
}};

double share(std::uint64_t bits) { return std::ldexp(static_cast<double>(bits), -64); }

std::vector<Point> points(const std::vector<std::string>& arguments, const Trials& trials) {
  const auto no_file = [](const std::string&) { return std::string(); };
  return batch::points_of(batch::read_sweeps(arguments, no_file).front(), trials);
}

double number(const batch::Setting& setting) { return std::strtod(setting.value.c_str(), nullptr); }

Trials sobol(std::size_t count, std::uint64_t seed = 0) { return {count, seed, Sampler::sobol}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(points_of_trials)

BOOST_AUTO_TEST_CASE(the_sobol_sequence_is_that_of_scipy) {
  const std::vector<std::uint64_t> bits = batch::sobol_points(16, 6);
  for (std::size_t i = 0; i < 16; ++i)
    for (std::size_t j = 0; j < 6; ++j) BOOST_TEST(share(bits[6 * i + j]) == of_scipy[i][j]);
  const std::vector<std::uint64_t> wide = batch::sobol_points(1024, 40);
  const std::array<std::pair<std::size_t, std::array<double, 2>>, 7> far = {{
      {0, {0.6923828125, 0.0009765625}},
      {1, {0.9365234375, 0.7529296875}},
      {2, {0.1630859375, 0.6123046875}},
      {9, {0.3232421875, 0.8505859375}},
      {19, {0.7529296875, 0.3193359375}},
      {29, {0.1103515625, 0.4345703125}},
      {39, {0.3583984375, 0.6982421875}},
  }};
  for (const auto& [dimension, expected] : far) {
    BOOST_TEST(share(wide[40 * 777 + dimension]) == expected[0]);
    BOOST_TEST(share(wide[40 * 1023 + dimension]) == expected[1]);
  }
}

// The first two dimensions are a (0, m, 2)-net: of 64 points, each of the 64 cells of any grid of
// powers of two has one. A digital shift keeps that.
BOOST_AUTO_TEST_CASE(sobol_trials_fill_the_space_evenly_for_any_seed) {
  for (const std::uint64_t seed : {0, 1, 12345}) {
    for (const int columns : {1, 2, 8, 32}) {
      std::set<std::pair<int, int>> cells;
      for (const Point& point : points({"a=interval(0,1)", "b=uniform(0,1)"}, sobol(64, seed)))
        cells.emplace(static_cast<int>(number(point[0]) * columns),
                      static_cast<int>(number(point[1]) * (64 / columns)));
      BOOST_TEST(cells.size() == 64U);
    }
    std::map<std::string, int> counts;
    for (const Point& point : points({"a=w,x,y,z"}, sobol(64, seed))) ++counts[point[0].value];
    for (const char* value : {"w", "x", "y", "z"}) BOOST_TEST(counts[value] == 16);
  }
}

BOOST_AUTO_TEST_CASE(more_sobol_trials_change_none) {
  const std::vector<std::string> arguments = {"a=loguniform(1e-4,1e-1)", "b=int(interval(1,9))"};
  const std::vector<Point> few = points(arguments, sobol(10)), many = points(arguments, sobol(999));
  BOOST_TEST((std::vector(many.begin(), many.begin() + 10) == few));
  BOOST_TEST((points(arguments, sobol(10, 1)) != few));
  BOOST_TEST((points(arguments, Trials{10, 0}) != few));
}

BOOST_AUTO_TEST_CASE(limits_of_the_sequence) {
  BOOST_TEST(points({"a=1"}, sobol(3)).size() == 3U);  // no axis
  BOOST_TEST(batch::sobol_points(0, 3).empty());
  BOOST_CHECK_EXCEPTION(batch::sobol_points(2, 4000), Error, [](const Error& error) {
    return std::string(error.what()).find("at most 3,667 dimensions") != std::string::npos;
  });
  BOOST_TEST((batch::sampler_named("sobol") == Sampler::sobol));
  BOOST_TEST((batch::sampler_named("random") == Sampler::random));
  BOOST_TEST(!batch::sampler_named("halton").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
