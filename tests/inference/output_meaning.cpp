#include "runner/inference/output_meaning.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <functional>
#include <vector>

#include "tests/support/component.h"
#include "tests/support/handle.h"

using namespace assay;
using namespace assay::test;
using inference::Meaning;

namespace {

using Row = std::vector<double>;
using Gradient = std::function<Row(const Row& z, std::int32_t target)>;

// A loss with this gradient.
class WithGradient final : public Loss {
 public:
  explicit WithGradient(Gradient gradient) : gradient_(std::move(gradient)) {}
  std::int64_t outputs(const Target& target) const override { return target.classes; }
  LossSum evaluate(MatrixView<const float>, ConstTensorView) const override { return {}; }
  LossSum gradient(MatrixView<const float> outputs, ConstTensorView targets,
                   MatrixView<float> d) const override {
    for (std::int64_t i = 0; i < outputs.rows; ++i) {
      const auto z = outputs.row_span(i);
      const Row row = gradient_({z.begin(), z.end()}, targets.values<const std::int32_t>()[i]);
      std::ranges::transform(row, d.row(i), [](double x) { return static_cast<float>(x); });
    }
    return {};
  }

 private:
  Gradient gradient_;
};

Meaning meaning_of(Gradient gradient, std::int64_t classes, std::int64_t outputs) {
  return inference::meaning_of(
      handle<Loss>(std::make_unique<WithGradient>(std::move(gradient)), "test"),
      {classes > 0 ? DType::int32 : DType::float32, {}, classes}, outputs);
}

Row softmax(Row z) {
  double sum = 0;
  for (double& x : z) sum += x = std::exp(x);
  for (double& x : z) x /= sum;
  return z;
}

// The gradient of a cross-entropy with weights of classes and smoothed labels.
Gradient cross_entropy(double smoothing, double weight_of_later_classes = 1) {
  return [=](const Row& z, std::int32_t target) {
    Row d = softmax(z);
    const double share = smoothing / static_cast<double>(z.size());
    for (double& x : d) x -= share;
    d[static_cast<std::size_t>(target)] -= 1 - smoothing;
    for (double& x : d) x *= target == 0 ? 1 : weight_of_later_classes;
    return d;
  };
}

Row squared_error(const Row& z, std::int32_t target) {
  Row d = z;
  d[static_cast<std::size_t>(target)] -= 1;
  return d;
}

// Crammer and Singer's.
Row hinge(const Row& z, std::int32_t target) {
  Row d(z.size()), margins = z;
  const auto own = static_cast<std::size_t>(target);
  margins[own] -= 1;
  const auto worst = static_cast<std::size_t>(std::ranges::max_element(margins) - margins.begin());
  d[worst] += 1;
  d[own] -= 1;
  return d;
}

// (1 - p)^2 times the cross-entropy: a share of its gradient that depends on the outputs.
Row focal(const Row& z, std::int32_t target) {
  Row d = cross_entropy(0)(z, target);
  const double p = softmax(z)[static_cast<std::size_t>(target)];
  for (double& x : d) x *= (1 - p) * (1 - p) - 2 * p * (1 - p) * std::log(p);
  return d;
}

Row binary_cross_entropy(const Row& z, std::int32_t target) {
  return {1 / (1 + std::exp(-z[0])) - target};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(output_meaning)

BOOST_AUTO_TEST_CASE(cross_entropies_make_logits) {
  for (const std::int64_t classes : {2, 3, 10, 1000, 65536}) {
    BOOST_TEST((meaning_of(cross_entropy(0), classes, classes) == Meaning::softmax_logits));
    BOOST_TEST((meaning_of(cross_entropy(0.1), classes, classes) == Meaning::softmax_logits));
    BOOST_TEST((meaning_of(cross_entropy(0, 25), classes, classes) == Meaning::softmax_logits));
  }
  const auto own = handle(make<Loss>("softmax_cross_entropy", "{}"), "softmax_cross_entropy");
  BOOST_TEST((inference::meaning_of(own, {DType::int32, {}, 10}, 10) == Meaning::softmax_logits));
  BOOST_TEST((inference::meaning_of(own, {DType::int32, {}, 1}, 1) == Meaning::softmax_logits));
}

BOOST_AUTO_TEST_CASE(other_losses_over_classes_make_scores) {
  for (const std::int64_t classes : {2, 3, 10, 1000}) {
    BOOST_TEST((meaning_of(squared_error, classes, classes) == Meaning::scores));
    BOOST_TEST((meaning_of(hinge, classes, classes) == Meaning::scores));
    BOOST_TEST((meaning_of(focal, classes, classes) == Meaning::scores));
  }
}

BOOST_AUTO_TEST_CASE(one_output_for_two_classes) {
  BOOST_TEST((meaning_of(binary_cross_entropy, 2, 1) == Meaning::sigmoid_logit));
  const auto hinge_of_one = [](const Row& z, std::int32_t target) {
    const double sign = target == 0 ? -1 : 1;
    return Row{sign * z[0] < 1 ? -sign : 0};
  };
  BOOST_TEST((meaning_of(hinge_of_one, 2, 1) == Meaning::numbers));
}

BOOST_AUTO_TEST_CASE(values_are_numbers) {
  BOOST_TEST((meaning_of(squared_error, 0, 3) == Meaning::numbers));
  BOOST_TEST((meaning_of(squared_error, 5, 3) == Meaning::numbers));
}

BOOST_AUTO_TEST_CASE(probabilities) {
  std::vector<float> p(3);
  // exp(1), exp(2), exp(3) over their sum
  BOOST_TEST(inference::predicted(Meaning::softmax_logits, std::vector<float>{101, 102, 103}, p) ==
             2U);
  const std::vector<float> expected = {0.09003057F, 0.24472847F, 0.66524096F};
  for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(std::abs(p[i] - expected[i]) < 1e-7F);
  // The class is that of the greatest logit, also where the probabilities are equal.
  const float above = std::nextafter(1.0F, 2.0F);
  BOOST_TEST(inference::predicted(Meaning::softmax_logits, std::vector<float>{1, above, 1}, p) ==
             1U);
  BOOST_TEST(inference::predicted(Meaning::scores, std::vector<float>{5, 7, 7}, p) == 1U);
  BOOST_TEST(p == (std::vector<float>{5, 7, 7}), boost::test_tools::per_element());

  std::vector<float> two(2);
  BOOST_TEST(inference::predicted(Meaning::sigmoid_logit, std::vector<float>{-100}, two) == 0U);
  BOOST_TEST(two[0] == 1.0F);
  BOOST_TEST(std::abs(two[1] / 3.72007598e-44F - 1) < 0.03F);  // a denormal number, not 0
  BOOST_TEST(inference::predicted(Meaning::sigmoid_logit, std::vector<float>{1}, two) == 1U);
  BOOST_TEST(std::abs(two[1] - 0.73105858F) < 1e-7F);
}

BOOST_AUTO_TEST_SUITE_END()
