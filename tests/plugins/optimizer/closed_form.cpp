// Compares updates with formulas for all of them at once, in float64, as an author would state them
// (assay/closed_form.h).
#include "assay/closed_form.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>

#include "tests/support/component.h"

using namespace assay;
using assay::test::make;

namespace {

constexpr double rate = 0.05;

double deviation(const std::string& type, const std::string& options,
                 const closed_form::Formula& formula) {
  double worst = 0;
  for (const std::size_t slice : {1, 7, 40})
    worst =
        std::max(worst, closed_form::deviation(*make<Optimizer>(type, options), formula, slice));
  BOOST_TEST_MESSAGE(type << " " << options << ": off its formula by " << worst);
  return worst;
}

/// Sums over traces: the n-th gradient from the last is in n traces, 1 + decay + ... + decay^(n -
/// 1).
closed_form::Formula momentum(double decay, bool nesterov) {
  return [=](double x, std::span<const double> gradients) {
    auto n = static_cast<double>(gradients.size());
    for (const double g : gradients) {
      const double traces = (1 - std::pow(decay, n--)) / (1 - decay);
      x -= rate * g * (nesterov ? 1 + decay * traces : traces);
    }
    return x;
  };
}

/// Follows Kingma and Ba, arXiv:1412.6980, section 3: the means are weighted sums of all gradients.
closed_form::Formula adam(double b1, double b2, double eps) {
  return [=](double x, std::span<const double> gradients) {
    for (std::size_t t = 1; t <= gradients.size(); ++t) {
      double mean = 0, square = 0;
      for (std::size_t i = 1; i <= t; ++i) {
        const double g = gradients[i - 1], age = static_cast<double>(t - i);
        mean += (1 - b1) * std::pow(b1, age) * g;
        square += (1 - b2) * std::pow(b2, age) * g * g;
      }
      mean /= 1 - std::pow(b1, static_cast<double>(t));
      square /= 1 - std::pow(b2, static_cast<double>(t));
      x -= rate * mean / (std::sqrt(square) + eps);
    }
    return x;
  };
}

}  // namespace

BOOST_AUTO_TEST_CASE(updates_follow_their_formulas) {
  BOOST_TEST(deviation("sgd", "{learning_rate: 0.05}", momentum(0, false)) < 1e-6);
  BOOST_TEST(deviation("sgd", "{learning_rate: 0.05, momentum: 0.9}", momentum(0.9, false)) < 2e-6);
  BOOST_TEST(deviation("sgd", "{learning_rate: 0.05, momentum: 0.9, nesterov: true}",
                       momentum(0.9, true)) < 2e-6);
  BOOST_TEST(deviation("adam", "{learning_rate: 0.05}", adam(0.9, 0.999, 1e-8)) < 2e-6);
  BOOST_TEST(deviation("adam", "{learning_rate: 0.05, b1: 0.5, b2: 0.9, eps: 0.01}",
                       adam(0.5, 0.9, 0.01)) < 2e-6);
}

BOOST_AUTO_TEST_CASE(another_formula_is_not_followed) {
  BOOST_TEST(deviation("sgd", "{learning_rate: 0.05, momentum: 0.9}", momentum(0.89, false)) >
             1e-3);
  BOOST_TEST(deviation("sgd", "{learning_rate: 0.05, momentum: 0.9}", momentum(0.9, true)) > 1e-3);
  BOOST_TEST(deviation("adam", "{learning_rate: 0.05}", adam(0.9, 0.99, 1e-8)) > 1e-3);
  BOOST_TEST(std::isinf(deviation("sgd", "{learning_rate: 0.05}",
                                  [](double, std::span<const double>) { return NAN; })));
}
