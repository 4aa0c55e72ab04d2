// The multilayer perceptron in plain float64 loops, directly from its formulas. The kernels are
// compared with it. Its own gradients are checked against central differences.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace assay::test {

struct PlainNetwork {
  std::vector<std::int64_t> widths;  ///< of the input, the hidden layers, the output
  std::string activation;
  /// The kernel [in][out] and the bias [out] of each layer in turn.
  std::vector<std::vector<double>> parameters;

  double f(double z) const;
  /// Returns outputs [rows][widths.back()] for x [rows][widths.front()].
  std::vector<double> forward(const std::vector<double>& x, std::int64_t rows) const;
  /// Returns the gradients of sum(d_outputs * outputs), shaped like the parameters.
  std::vector<std::vector<double>> gradients(const std::vector<double>& x, std::int64_t rows,
                                             const std::vector<double>& d_outputs) const;

 private:
  double slope(double z) const;
  struct Values {
    std::vector<std::vector<double>> inputs;  ///< of each layer
    std::vector<std::vector<double>> z;       ///< of each layer, before the activation
  };
  Values values(const std::vector<double>& x, std::int64_t rows) const;
};

}  // namespace assay::test
