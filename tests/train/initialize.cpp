#include "runner/train/initialize.h"

#include <algorithm>
#include <bit>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "assay/error.h"
#include "tests/support/reference.h"

using assay::Initializer;
using assay::Shape;

namespace {

/// Returns how many float32 numbers lie between two numbers.
std::int64_t ulps(float a, float b) {
  const auto place = [](float x) {
    const auto bits = std::bit_cast<std::int32_t>(std::abs(x));
    return std::signbit(x) ? -std::int64_t{bits} : std::int64_t{bits};
  };
  return std::abs(place(a) - place(b));
}

std::vector<float> initialized(std::uint64_t seed, int parameter, const Shape& shape,
                               Initializer initializer) {
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  assay::train::initialize(seed, parameter, shape, initializer, values);
  return values;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(initialize)

BOOST_AUTO_TEST_CASE(seed_0_gives_the_tutorials_kernels) {
  for (int layer = 0; layer < 3; ++layer) {
    const auto expected = assay::test::read_csv(
        assay::test::reference_file("init_layer" + std::to_string(layer + 1) + "_kernel.csv"));
    const auto columns = expected.front().size();
    const Shape shape{static_cast<std::int64_t>(expected.size()),
                      static_cast<std::int64_t>(columns)};
    const auto found = initialized(0, 2 * layer, shape, Initializer::lecun_normal);
    std::int64_t worst = 0;
    std::int64_t different = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const std::int64_t distance =
          ulps(found[i], static_cast<float>(expected[i / columns][i % columns]));
      worst = std::max(worst, distance);
      different += distance > 0;
    }
    BOOST_TEST_MESSAGE("layer " << layer + 1 << ": at most " << worst << " ulp off, " << different
                                << " of " << found.size() << " elements not equal");
    BOOST_TEST(worst <= 1);
  }
}

BOOST_AUTO_TEST_CASE(all_initializers_equal_jax) {
  const std::map<std::string, Initializer> names = {
      {"zeros", Initializer::zeros},
      {"ones", Initializer::ones},
      {"lecun_normal", Initializer::lecun_normal},
      {"lecun_uniform", Initializer::lecun_uniform},
      {"he_normal", Initializer::he_normal},
      {"he_uniform", Initializer::he_uniform},
      {"glorot_normal", Initializer::glorot_normal},
      {"glorot_uniform", Initializer::glorot_uniform}};
  std::int64_t worst = 0;
  double worst_sum = 0;
  std::size_t compared = 0;
  const nlohmann::json reference = assay::test::read_json("initializers.json");
  for (const nlohmann::json& entry : reference["initializers"]) {
    const auto name = entry["initializer"].get<std::string>();
    BOOST_TEST_CONTEXT(name << " of shape " << entry["shape"]) {
      const auto dimensions = entry["shape"].get<std::vector<std::int64_t>>();
      const auto found =
          initialized(entry["seed"], entry["parameter"], Shape(dimensions), names.at(name));
      const auto first = entry["first"].get<std::vector<float>>();
      const auto last = entry["last"].get<std::vector<float>>();
      for (std::size_t i = 0; i < first.size(); ++i) {
        worst = std::max(worst, ulps(found[i], first[i]));
        worst = std::max(worst, ulps(found[found.size() - last.size() + i], last[i]));
        compared += 2;
      }
      double sum = 0;
      double squares = 0;
      for (float x : found) {
        sum += x;
        squares += static_cast<double>(x) * x;
      }
      BOOST_REQUIRE(std::isfinite(squares));
      // The tolerance for a sum of numbers of both signs depends on their magnitudes.
      const double size = std::sqrt(squares * static_cast<double>(found.size()));
      const double off = std::max(
          std::abs(sum - entry["sum"].get<double>()) / std::max(size, 1.0),
          std::abs(squares - entry["sum_of_squares"].get<double>()) / std::max(squares, 1.0));
      worst_sum = std::max(worst_sum, off);
      BOOST_TEST(off < 1e-8);
    }
  }
  BOOST_TEST_MESSAGE(compared << " elements: at most " << worst << " ulp off; sums at most "
                              << worst_sum);
  BOOST_TEST(compared == 24U * 12U);
  BOOST_TEST(worst <= 1);
}

BOOST_AUTO_TEST_CASE(every_parameter_and_every_seed_has_its_own_stream) {
  const auto drawn = [](std::uint64_t seed, int parameter) {
    return initialized(seed, parameter, {4, 4}, Initializer::lecun_normal);
  };
  BOOST_TEST(drawn(0, 0) == drawn(0, 0));
  BOOST_TEST(drawn(0, 0) != drawn(0, 1));
  BOOST_TEST(drawn(0, 0) != drawn(1, 0));
  BOOST_TEST(drawn(5, 0) != drawn((std::uint64_t{1} << 32) + 5, 0));
}

BOOST_AUTO_TEST_CASE(a_bias_cannot_start_by_its_fan) {
  BOOST_CHECK_EXCEPTION(initialized(0, 1, {100}, Initializer::he_normal), assay::Error,
                        [](const assay::Error& error) {
                          BOOST_TEST_MESSAGE(error.what());
                          return std::string(error.what()).find("of 1 dimensions") !=
                                 std::string::npos;
                        });
  BOOST_TEST(initialized(0, 1, {2}, Initializer::ones) == (std::vector<float>{1, 1}));
}

BOOST_AUTO_TEST_SUITE_END()
