// Compares the kernels with float64 and with central differences.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <random>

#include "tests/plugins/model/plain_network.h"
#include "tests/plugins/model/run.h"

using namespace assay;
using namespace assay::test;

namespace {

std::vector<double> doubles(std::span<const float> values) {
  return {values.begin(), values.end()};
}

/// Returns the greatest |a - b|, divided by the greatest |b|.
double deviation(std::span<const float> a, const std::vector<double>& b) {
  double worst = 0, largest = 1e-30;
  for (std::size_t i = 0; i < b.size(); ++i) {
    const double difference = std::abs(static_cast<double>(a[i]) - b[i]);
    worst = std::isnan(difference) ? HUGE_VAL : std::max(worst, difference);
    largest = std::max(largest, std::abs(b[i]));
  }
  return worst / largest;
}

struct Deviations {
  double output = 0, gradient = 0;
};

std::string join(const std::vector<std::int64_t>& widths) {
  std::string text = "[";
  for (std::size_t i = 1; i + 1 < widths.size(); ++i)
    text += (i > 1 ? ", " : "") + std::to_string(widths[i]);
  return text + "]";
}

/// Runs one block of `rows` rows through the plugin and through PlainNetwork. The strides of x and
/// of both outputs exceed their widths.
Deviations compare(const std::vector<std::int64_t>& widths, const std::string& activation,
                   std::int64_t rows, InstructionSet set) {
  ModelRun run("{hidden: " + join(widths) + ", activation: " + activation + "}", {widths.front()},
               widths.back(), set);
  run.fill_parameters(static_cast<unsigned>(widths.size()));
  PlainNetwork plain{widths, activation, {}};
  for (std::size_t i = 0; i < run.size(); ++i)
    plain.parameters.push_back(doubles(run.parameter(i)));

  const std::int64_t in = widths.front(), out = widths.back(), gap = 3;
  const auto x = numbers(static_cast<std::size_t>(rows * (in + gap)), 7, 1);
  const auto d = numbers(static_cast<std::size_t>(rows * (out + gap)), 8, 1);
  std::vector<float> y(static_cast<std::size_t>(rows * (out + gap)), 12345.0F);
  const MatrixView<const float> samples{x.data(), rows, in, in + gap};
  const MatrixView<const float> d_outputs{d.data(), rows, out, out + gap};
  const MatrixView<float> outputs{y.data(), rows, out, out + gap};
  run.forward(samples, outputs);
  run.backward(samples, d_outputs);

  const auto dense = [&](MatrixView<const float> view) {
    std::vector<double> values;
    for (std::int64_t r = 0; r < view.rows; ++r)
      for (float value : view.row_span(r)) values.push_back(static_cast<double>(value));
    return values;
  };
  std::vector<float> dense_outputs;
  for (std::int64_t r = 0; r < rows; ++r) {
    for (float value : outputs.row_span(r)) dense_outputs.push_back(value);
    for (std::int64_t i = out; i < out + gap; ++i) BOOST_TEST(outputs.row(r)[i] == 12345.0F);
  }
  Deviations result;
  result.output = deviation(dense_outputs, plain.forward(dense(samples), rows));
  const auto gradients = plain.gradients(dense(samples), rows, dense(d_outputs));
  for (std::size_t i = 0; i < run.size(); ++i)
    result.gradient = std::max(result.gradient, deviation(run.gradient(i), gradients[i]));
  return result;
}

const std::vector<std::string> activations = {"selu", "relu",    "gelu",
                                              "tanh", "sigmoid", "identity"};

}  // namespace

BOOST_AUTO_TEST_SUITE(gradients)

// Compares PlainNetwork's gradients with central differences of its outputs.
BOOST_AUTO_TEST_CASE(the_reference_is_right) {
  for (const std::string& activation : activations) {
    for (std::size_t depth = 0; depth <= 4; ++depth) {
      std::vector<std::int64_t> widths{5};
      for (std::size_t i = 0; i < depth; ++i) widths.push_back(7 - static_cast<std::int64_t>(i));
      widths.push_back(3);
      PlainNetwork plain{widths, activation, {}};
      unsigned seed = 0;
      for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
        plain.parameters.push_back(
            doubles(numbers(static_cast<std::size_t>(widths[i] * widths[i + 1]), ++seed, 0.5F)));
        plain.parameters.push_back(
            doubles(numbers(static_cast<std::size_t>(widths[i + 1]), ++seed, 0.3F)));
      }
      const std::int64_t rows = 4;
      const auto x = doubles(numbers(static_cast<std::size_t>(rows * widths.front()), 7, 1));
      const auto d = doubles(numbers(static_cast<std::size_t>(rows * widths.back()), 8, 1));
      const auto objective = [&] {
        const auto y = plain.forward(x, rows);
        double sum = 0;
        for (std::size_t i = 0; i < y.size(); ++i) sum += d[i] * y[i];
        return sum;
      };
      const auto expected = plain.gradients(x, rows, d);
      double worst = 0;
      for (std::size_t p = 0; p < plain.parameters.size(); ++p) {
        for (std::size_t i = 0; i < plain.parameters[p].size(); ++i) {
          constexpr double h = 1e-6;
          double& value = plain.parameters[p][i];
          const double before = value;
          value = before + h;
          const double above = objective();
          value = before - h;
          const double below = objective();
          value = before;
          worst = std::max(worst, std::abs((above - below) / (2 * h) - expected[p][i]));
        }
      }
      BOOST_TEST(worst < 1e-7, activation << ", depth " << depth << ": off by " << worst);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_activation_and_depth) {
  const std::vector<std::vector<std::int64_t>> shapes = {{64, 10},
                                                         {1, 1},
                                                         {13, 37, 3},
                                                         {5, 1, 2},
                                                         {64, 100, 100, 10},
                                                         {9, 33, 17, 65, 7},
                                                         {3, 21, 16, 5, 8, 11}};
  for (const InstructionSet set : instruction_sets()) {
    for (const std::string& activation : activations) {
      Deviations worst;
      for (const auto& widths : shapes) {
        for (const std::int64_t rows : {1, 2, 7, 16, 31, 64, 70}) {
          const Deviations found = compare(widths, activation, rows, set);
          BOOST_TEST(found.output < 1e-5, join(widths) << ", " << rows << " rows");
          BOOST_TEST(found.gradient < 2e-5, join(widths) << ", " << rows << " rows");
          worst.output = std::max(worst.output, found.output);
          worst.gradient = std::max(worst.gradient, found.gradient);
        }
      }
      BOOST_TEST_MESSAGE(name_of(set)
                         << ", " << activation << ": outputs off by " << worst.output
                         << ", gradients by " << worst.gradient << " of their largest element");
    }
  }
}

BOOST_AUTO_TEST_CASE(every_row_count_and_width) {
  for (const InstructionSet set : instruction_sets()) {
    double worst = 0;
    for (std::int64_t n = 1; n <= 140; ++n) {
      const Deviations rows = compare({11, 19, 5}, "selu", n, set);
      const Deviations width = compare({n, 141 - n, n}, "selu", 9, set);
      for (const double found : {rows.output, rows.gradient, width.output, width.gradient}) {
        BOOST_TEST(found < 2e-5, name_of(set) << ", " << n);
        worst = std::max(worst, found);
      }
    }
    BOOST_TEST_MESSAGE(name_of(set) << ": off by " << worst);
  }
}

BOOST_AUTO_TEST_CASE(wide_layers) {
  for (const InstructionSet set : instruction_sets()) {
    for (const std::vector<std::int64_t>& widths :
         {std::vector<std::int64_t>{784, 512, 10}, {2048, 1, 2048}, {3, 2047, 2048}, {300, 1000}}) {
      const Deviations found = compare(widths, "selu", 128 + 3, set);
      BOOST_TEST(found.output < 2e-5);
      BOOST_TEST(found.gradient < 2e-5);
      BOOST_TEST_MESSAGE(name_of(set) << ", " << widths.front() << " " << join(widths) << " "
                                      << widths.back() << ": outputs off by " << found.output
                                      << ", gradients by " << found.gradient);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
