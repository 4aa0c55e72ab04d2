#define BOOST_TEST_MODULE loss
#include "assay/loss.h"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "assay/error.h"
#include "tests/support/component.h"
#include "tests/support/instruction_sets.h"

using namespace assay;
using namespace assay::test;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

std::unique_ptr<Loss> softmax(InstructionSet set) {
  return make<Loss>("softmax_cross_entropy", "{}", set);
}

/// Logits and targets as a host lends them, with gaps between the rows.
struct Block {
  static constexpr std::int64_t gap = 3;
  static constexpr float untouched = 12345;
  std::int64_t rows, classes;
  std::vector<float> z, d;
  std::vector<std::int32_t> targets;

  Block(std::int64_t row_count, std::int64_t class_count, float deviation)
      : rows(row_count),
        classes(class_count),
        z(static_cast<std::size_t>(rows * (classes + gap))),
        d(z.size(), untouched),
        targets(static_cast<std::size_t>(rows)) {
    std::mt19937 generator(static_cast<unsigned>(rows * 1000 + classes));
    std::normal_distribution<float> normal(0, deviation);
    std::uniform_int_distribution<std::int32_t> any(0, static_cast<std::int32_t>(classes) - 1);
    std::ranges::generate(z, [&] { return normal(generator); });
    std::ranges::generate(targets, [&] { return any(generator); });
  }
  MatrixView<float> outputs() { return {z.data(), rows, classes, classes + gap}; }
  MatrixView<float> d_outputs() { return {d.data(), rows, classes, classes + gap}; }
  ConstTensorView target_view() const { return {targets.data(), DType::int32, {rows}}; }
};

/// Computes the same in float64 without cancellation. With e[j] = exp(z[j] - z[target]) and others
/// the sum of e over all but the target, loss = log1p(others) and d = e / (1 + others), except
/// -others / (1 + others) at the target.
struct Expected {
  double sum = 0;
  std::vector<double> d;  ///< dense
};

Expected plain(Block& block) {
  Expected result;
  for (std::int64_t r = 0; r < block.rows; ++r) {
    const auto row = block.outputs().row_span(r);
    const auto target = static_cast<std::size_t>(block.targets[static_cast<std::size_t>(r)]);
    std::vector<double> e;
    for (float value : row)
      e.push_back(std::exp(static_cast<double>(value) - static_cast<double>(row[target])));
    e[target] = 0;
    const double others = std::accumulate(e.begin(), e.end(), 0.0);
    e[target] = -others;
    result.sum += std::log1p(others);
    for (double value : e) result.d.push_back(value / (1 + others));
  }
  return result;
}

}  // namespace

BOOST_AUTO_TEST_CASE(equals_float64) {
  for (const InstructionSet set : instruction_sets()) {
    const auto loss = softmax(set);
    double worst_sum = 0, worst_d = 0;
    for (const float deviation : {0.1F, 3.0F, 50.0F}) {
      for (const std::int64_t classes : {1, 2, 3, 4, 5, 8, 10, 15, 16, 17, 31, 33, 100, 1000}) {
        for (const std::int64_t rows : {1, 3, 16, 17, 64, 70}) {
          Block block(rows, classes, deviation);
          const Expected expected = plain(block);
          const LossSum sum =
              loss->gradient(block.outputs(), block.target_view(), block.d_outputs());
          const LossSum again = loss->evaluate(block.outputs(), block.target_view());
          BOOST_TEST(sum.weight == static_cast<double>(rows));
          BOOST_TEST(again.weight == sum.weight);
          BOOST_TEST(again.sum == sum.sum);
          worst_sum = std::max(worst_sum,
                               std::abs(sum.sum - expected.sum) / (std::abs(expected.sum) + 1e-30));
          for (std::int64_t r = 0; r < rows; ++r) {
            for (std::int64_t c = 0; c < classes; ++c) {
              const double exact = expected.d[static_cast<std::size_t>(r * classes + c)];
              worst_d = std::max(
                  worst_d, std::abs(static_cast<double>(block.d_outputs().row(r)[c]) - exact) /
                               (std::abs(exact) + 1e-30));
            }
            for (std::int64_t c = classes; c < classes + Block::gap; ++c)
              BOOST_TEST(block.d_outputs().row(r)[c] == Block::untouched);
          }
        }
      }
    }
    // Relative to each element: a nearly certain prediction must keep its digits.
    BOOST_TEST(worst_sum < 2e-6);
    BOOST_TEST(worst_d < 2e-5);
    BOOST_TEST_MESSAGE(name_of(set) << ": sums off by " << worst_sum << ", each d_output by "
                                    << worst_d << ", relative");
  }
}

BOOST_AUTO_TEST_CASE(blocks_add_up) {
  for (const InstructionSet set : instruction_sets()) {
    const auto loss = softmax(set);
    Block block(70, 10, 3);
    const LossSum whole = loss->evaluate(block.outputs(), block.target_view());
    LossSum parts;
    for (std::int64_t first = 0; first < 70; first += 7)
      parts += loss->evaluate(block.outputs().slice(first, 7), block.target_view().rows(first, 7));
    BOOST_TEST(parts.sum == whole.sum, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(parts.weight == 70);
    const LossSum none =
        loss->evaluate(block.outputs().slice(0, 0), block.target_view().rows(0, 0));
    BOOST_TEST(none.sum == 0);
    BOOST_TEST(none.weight == 0);
  }
}

BOOST_AUTO_TEST_CASE(extreme_logits) {
  for (const InstructionSet set : instruction_sets()) {
    const auto loss = softmax(set);
    const auto of = [&](std::vector<float> z, std::int32_t target) {
      const auto classes = static_cast<std::int64_t>(z.size());
      return loss->evaluate({z.data(), 1, classes, classes}, {&target, DType::int32, {1}}).sum;
    };
    BOOST_TEST(of({1e30F, -1e30F}, 0) == 0);
    BOOST_TEST(of({1000, 0, 0}, 1) == 1000);
    BOOST_TEST(of({-1000, -1000}, 1) == std::log(2.0), boost::test_tools::tolerance(1e-7));
    BOOST_TEST(of({20, 0}, 0) == std::log1p(std::exp(-20.0)), boost::test_tools::tolerance(1e-6));
    BOOST_TEST(of({3, -infinity}, 0) == 0);
    BOOST_TEST(of({3, -infinity}, 1) == HUGE_VAL);
    BOOST_TEST(!std::isfinite(of({infinity, 0}, 0)));
    BOOST_TEST(!std::isfinite(of({infinity, 0}, 1)));
    for (const std::int32_t target : {0, 1, 2})
      for (const std::size_t place : {0U, 1U, 2U}) {
        std::vector<float> z = {1, 2, 3};
        z[place] = not_a_number;
        BOOST_TEST(std::isnan(of(z, target)));
      }
    BOOST_TEST(std::isnan(of({not_a_number}, 0)));
  }
}

BOOST_AUTO_TEST_CASE(nan_reaches_the_gradient_of_its_row_only) {
  for (const InstructionSet set : instruction_sets()) {
    Block block(20, 10, 3);
    block.outputs().row(6)[4] = not_a_number;
    softmax(set)->gradient(block.outputs(), block.target_view(), block.d_outputs());
    for (std::int64_t r = 0; r < 20; ++r)
      for (float value : block.d_outputs().row_span(r)) BOOST_TEST(std::isnan(value) == (r == 6));
  }
}

BOOST_AUTO_TEST_CASE(targets_that_are_no_class) {
  const auto loss = softmax(InstructionSet::generic);
  for (const std::int32_t wrong : {-1, 10, 1 << 30}) {
    Block block(20, 10, 3);
    block.targets[17] = wrong;
    BOOST_CHECK_EXCEPTION(loss->evaluate(block.outputs(), block.target_view()), Error,
                          [&](const Error& error) {
                            BOOST_TEST_MESSAGE(error.what());
                            const std::string text = error.what();
                            return text.find("row 17") != std::string::npos &&
                                   text.find(std::to_string(wrong)) != std::string::npos;
                          });
    BOOST_CHECK_THROW(loss->gradient(block.outputs(), block.target_view(), block.d_outputs()),
                      Error);
  }
}

BOOST_AUTO_TEST_CASE(takes_classes_only) {
  const auto loss = softmax(InstructionSet::generic);
  BOOST_TEST(loss->outputs({DType::int32, {}, 10}) == 10);
  BOOST_CHECK_THROW(loss->outputs({DType::float32, {}, 0}), Error);
  BOOST_CHECK_THROW(loss->outputs({DType::int32, {3}, 10}), Error);
  BOOST_CHECK_THROW(loss->outputs({DType::int32, {}, 0}), Error);
}
