#define BOOST_TEST_MODULE gradient_transform
#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "assay/gradient_transform.h"
#include "assay/optimizer.h"
#include "tests/support/component.h"
#include "tests/support/reference.h"

using assay::GradientTransform;
using assay::Optimizer;
using assay::test::make;
using assay::test::read_json;

namespace {

std::unique_ptr<GradientTransform> clip(double max_norm) {
  return make<GradientTransform>("clip_by_global_norm",
                                 nlohmann::json{{"max_norm", max_norm}}.dump());
}

/// Lets a transform change a gradient, in slices of at most `size` elements.
void change(GradientTransform& transform, std::int64_t count, std::vector<float>& gradient,
            std::size_t size = 4) {
  const std::vector<float> weights(gradient.size());
  const auto each = [&](const auto& function) {
    for (std::size_t first = 0; first < gradient.size(); first += size) {
      const std::size_t n = std::min(size, gradient.size() - first);
      function(assay::GradientSlice{.parameter = "layer1.kernel",
                                    .shape = {static_cast<std::int64_t>(gradient.size())},
                                    .role = assay::Role::kernel,
                                    .offset = static_cast<std::int64_t>(first),
                                    .gradient = std::span(gradient).subspan(first, n),
                                    .weights = std::span(weights).subspan(first, n),
                                    .slots = {}});
    }
  };
  BOOST_REQUIRE(transform.sums() == 1U);
  double total = 0;
  each([&](const assay::GradientSlice& slice) {
    double sum = 0;
    transform.reduce(slice, {&sum, 1});
    total += sum;
  });
  transform.begin_step(count, {&total, 1});
  each([&](const assay::GradientSlice& slice) { transform.apply(slice); });
}

/// An optimizer with its memory.
class Training final : public assay::Slots {
 public:
  Training(const std::string& type, const std::string& options, std::vector<float> values)
      : optimizer_(make<Optimizer>(type, options)), values_(std::move(values)) {
    optimizer_->declare(*this);
  }
  int slot(std::string_view /*name*/, float initial) override {
    slots_.emplace_back(values_.size(), initial);
    return static_cast<int>(slots_.size()) - 1;
  }
  void step(std::int64_t count, const std::vector<float>& gradient) {
    optimizer_->begin_step(count);
    std::vector<float*> slots;
    for (std::vector<float>& s : slots_) slots.push_back(s.data());
    optimizer_->update({.parameter = "layer1.kernel",
                        .shape = {static_cast<std::int64_t>(values_.size())},
                        .role = assay::Role::kernel,
                        .offset = 0,
                        .values = values_,
                        .gradient = gradient,
                        .slots = slots});
  }
  const std::vector<float>& values() const { return values_; }

 private:
  std::unique_ptr<Optimizer> optimizer_;
  std::vector<float> values_;
  std::vector<std::vector<float>> slots_;
};

/// The problem in make_optax_reference.py: sum(a (p - t)^2) + 0.1 sum(p^4). Differences are
/// relative to the larger of 1 and the parameter.
void check_steps(const std::string& type, const std::string& options, double max_norm,
                 const nlohmann::json& steps) {
  const nlohmann::json problem = read_json("optax_reference.json")["problem"];
  const std::vector<double> a = problem["a"], t = problem["t"];
  Training training(type, options, problem["p0"]);
  const auto transform = clip(max_norm);
  double worst = 0;
  for (std::size_t count = 0; count < steps.size(); ++count) {
    std::vector<float> gradient;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const double p = training.values()[i];
      gradient.push_back(static_cast<float>(2 * a[i] * (p - t[i]) + 0.4 * p * p * p));
    }
    change(*transform, static_cast<std::int64_t>(count), gradient);
    training.step(static_cast<std::int64_t>(count), gradient);
    for (std::size_t i = 0; i < a.size(); ++i) {
      const auto expected = steps[count][i].get<double>();
      const double off = std::abs(double{training.values()[i]} - expected);
      worst = std::max(worst, off / std::max(1.0, std::abs(expected)));
    }
  }
  BOOST_TEST_MESSAGE(type << " " << options << ", at most " << max_norm << ": " << steps.size()
                          << " steps, at most " << worst << " off");
  BOOST_TEST(steps.size() == 25U);
  BOOST_TEST(worst < 2e-6);
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_step_equals_optax) {
  const nlohmann::json sgd =
      read_json("optax_reference.json")["optimizers"]["clip_by_global_norm_1_then_sgd"];
  check_steps("sgd", "{learning_rate: 0.05}", sgd["arguments"]["max_norm"],
              sgd["parameters_after_each_step"]);
  const nlohmann::json more = read_json("optax_more.json")["clip_by_global_norm"];
  BOOST_TEST(more.size() == 2U);
  for (const nlohmann::json& entry : more)
    check_steps(entry["optimizer"], entry["arguments"].dump(), entry["max_norm"],
                entry["parameters_after_each_step"]);
}

BOOST_AUTO_TEST_CASE(a_gradient_that_is_short_enough_keeps_its_bits) {
  std::vector<float> gradient = {0.3F, -0.4F, 1e-30F};
  const std::vector<float> before = gradient;
  change(*clip(0.51), 0, gradient);
  BOOST_TEST(gradient == before);
}

// 3-4-5: the norm is over all slices, and g / norm * max_norm is exact here.
BOOST_AUTO_TEST_CASE(a_gradient_that_is_too_long_keeps_its_direction) {
  for (const std::size_t size : {1U, 2U, 5U}) {
    std::vector<float> gradient = {3, 0, 0, -4, 0};
    change(*clip(2.5), 0, gradient, size);
    const std::vector<float> expected = {3.0F / 5 * 2.5F, 0, 0, -4.0F / 5 * 2.5F, 0};
    BOOST_TEST(gradient == expected);
  }
}

BOOST_AUTO_TEST_CASE(sums_of_any_length_are_those_of_float64) {
  for (const std::size_t n : {1U, 7U, 8U, 9U, 4095U, 4096U}) {
    std::vector<float> gradient(n, 0.1F);
    double sum = 0;
    assay::GradientSlice slice;
    slice.gradient = gradient;
    clip(1)->reduce(slice, {&sum, 1});
    BOOST_TEST(sum == static_cast<double>(n) * double{0.1F} * double{0.1F},
               boost::test_tools::tolerance(1e-12));
  }
}

BOOST_AUTO_TEST_CASE(a_gradient_of_zero_stays) {
  std::vector<float> gradient(5);
  change(*clip(1e-30), 0, gradient);
  BOOST_TEST(gradient == std::vector<float>(5));
}

BOOST_AUTO_TEST_CASE(the_largest_norm_may_follow_a_schedule) {
  const auto transform = make<GradientTransform>(
      "clip_by_global_norm",
      "{max_norm: {type: cosine, init_value: 2.5, decay_steps: 10, alpha: 0.2}}");
  for (const auto& [count, norm] : {std::pair{0, 2.5}, {5, 1.5}, {10, 0.5}}) {
    std::vector<float> gradient = {3, -4};
    change(*transform, count, gradient);
    BOOST_TEST(std::hypot(gradient[0], gradient[1]) == norm, boost::test_tools::tolerance(1e-6));
  }
}
