#include "tests/plugins/model/plain_network.h"

#include <cmath>
#include <numbers>
#include <stdexcept>

namespace assay::test {
namespace {

constexpr double selu_alpha = 1.6732632423543772848170429916717;
constexpr double selu_scale = 1.0507009873554804934193349852946;
const double gelu_factor = std::sqrt(2 / std::numbers::pi);

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

}  // namespace

double PlainNetwork::f(double z) const {
  if (activation == "selu") return selu_scale * (z > 0 ? z : selu_alpha * std::expm1(z));
  if (activation == "relu") return z > 0 ? z : 0;
  if (activation == "gelu")
    return 0.5 * z * (1 + std::tanh(gelu_factor * (z + 0.044715 * z * z * z)));
  if (activation == "tanh") return std::tanh(z);
  if (activation == "sigmoid") return 1 / (1 + std::exp(-z));
  if (activation == "identity") return z;
  throw std::logic_error("no activation " + activation);
}

double PlainNetwork::slope(double z) const {
  if (activation == "selu") return selu_scale * (z > 0 ? 1 : selu_alpha * std::exp(z));
  if (activation == "relu") return z > 0 ? 1 : 0;
  if (activation == "gelu") {
    const double t = std::tanh(gelu_factor * (z + 0.044715 * z * z * z));
    return 0.5 * (1 + t) + 0.5 * z * (1 - t * t) * gelu_factor * (1 + 3 * 0.044715 * z * z);
  }
  if (activation == "tanh") return 1 - std::pow(std::tanh(z), 2);
  if (activation == "sigmoid") return f(z) * (1 - f(z));
  return 1;
}

PlainNetwork::Values PlainNetwork::values(const std::vector<double>& x, std::int64_t rows) const {
  Values v;
  v.inputs.push_back(x);
  for (std::size_t layer = 0; layer + 1 < widths.size(); ++layer) {
    const std::size_t in = size(widths[layer]), out = size(widths[layer + 1]);
    const auto& kernel = parameters[2 * layer];
    const auto& bias = parameters[2 * layer + 1];
    std::vector<double>& z = v.z.emplace_back(size(rows) * out);
    for (std::size_t r = 0; r < size(rows); ++r) {
      for (std::size_t n = 0; n < out; ++n) z[r * out + n] = bias[n];
      for (std::size_t k = 0; k < in; ++k)
        for (std::size_t n = 0; n < out; ++n)
          z[r * out + n] += v.inputs[layer][r * in + k] * kernel[k * out + n];
    }
    std::vector<double> y = z;
    for (double& value : y) value = f(value);
    v.inputs.push_back(y);
  }
  return v;
}

std::vector<double> PlainNetwork::forward(const std::vector<double>& x, std::int64_t rows) const {
  return values(x, rows).z.back();
}

std::vector<std::vector<double>> PlainNetwork::gradients(
    const std::vector<double>& x, std::int64_t rows, const std::vector<double>& d_outputs) const {
  const Values v = values(x, rows);
  std::vector<std::vector<double>> result(parameters.size());
  std::vector<double> d = d_outputs;
  for (std::size_t layer = widths.size() - 1; layer-- > 0;) {
    const std::size_t in = size(widths[layer]), out = size(widths[layer + 1]);
    std::vector<double> kernel(in * out), bias(out), d_input(size(rows) * in);
    for (std::size_t r = 0; r < size(rows); ++r) {
      for (std::size_t n = 0; n < out; ++n) bias[n] += d[r * out + n];
      for (std::size_t k = 0; k < in; ++k) {
        double sum = 0;
        for (std::size_t n = 0; n < out; ++n) {
          kernel[k * out + n] += v.inputs[layer][r * in + k] * d[r * out + n];
          sum += parameters[2 * layer][k * out + n] * d[r * out + n];
        }
        if (layer > 0) d_input[r * in + k] = sum * slope(v.z[layer - 1][r * in + k]);
      }
    }
    result[2 * layer] = kernel;
    result[2 * layer + 1] = bias;
    d = d_input;
  }
  return result;
}

}  // namespace assay::test
