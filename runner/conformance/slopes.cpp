#include "runner/conformance/slopes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "runner/conformance/check.h"

namespace assay::conformance {
namespace {

// Compares numerical slopes along a direction in one parameter with the gradient's slopes.
class Slopes {
 public:
  explicit Slopes(ModelBench bench)
      : bench_(std::move(bench)),
        x_(bench_.samples(slope_rows)),
        y_(slope_rows, bench_.description().outputs),
        workspace_(bench_.workspace(slope_rows)),
        weights_(bench_.d_outputs(slope_rows).values()),
        gradients_(bench_.run(slope_rows, slope_rows).gradients) {
    here_ = objective();
    for (std::size_t i = 0; i < gradients_.size(); ++i) largest_ = std::max(largest_, typical(i));
  }

  std::string check() {
    for (std::size_t i = 0; i < gradients_.size(); ++i) {
      const std::size_t n = gradients_[i].size();
      // The gradient's own direction shows a wrong size best; random ones show missing parts.
      along(i, gradients_[i], "along it");
      for (std::uint64_t seed = 1; seed <= 3; ++seed)
        along(i, spread(n, 50 * i + seed), "along a random direction");
      for (std::size_t k = 0; k < std::min<std::size_t>(n, 6); ++k) {
        const std::size_t element = n <= 6 ? k : (k * 2654435761U + 17 * i) % n;
        std::vector<float> unit(n);
        unit[element] = 1;
        along(i, unit, fmt::format("in element {}", element));
      }
    }
    require(judged_ > 0 || skipped_ == 0, "its outputs jump with its parameters: no slope holds");
    return fmt::format("off by {:.1e} at most, {} directions{}", worst_, judged_,
                       skipped_ == 0 ? "" : fmt::format(", {} too rough to judge", skipped_));
  }

 private:
  static constexpr std::int64_t slope_rows = 8;
  // A deviation beyond this is certainly an error: sound models stay within it and the uncertainty.
  static constexpr double tolerance = 1e-3;

  // Returns the root mean square of an element.
  double typical(std::size_t i) const {
    double sum = 0;
    for (const float g : gradients_[i]) sum += double{g} * double{g};
    return std::sqrt(sum / static_cast<double>(gradients_[i].size()));
  }

  // Returns the sum of the outputs, weighted by d_outputs. The gradient is the derivative of this
  // sum. `size` receives the sum of the magnitudes of its terms.
  double objective(double* size = nullptr) {
    bench_.forward(bench_.pass(), workspace_, x_.view(), y_.view());
    const std::vector<float> outputs = y_.values();
    double sum = 0, sizes = 0;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const double term = double{outputs[i]} * double{weights_[i]};
      sum += term;
      sizes += std::abs(term);
    }
    if (size != nullptr) *size = sizes;
    return sum;
  }

  // The difference between steps of one size in both directions and the gradient's prediction. The
  // prediction uses the steps that float32 really made.
  struct Found {
    double error = 0;     // in the slope
    double bend = 0;      // the slope forwards minus the slope backwards
    double rounding = 0;  // the greatest possible part of the error
  };

  Found step_along(std::size_t i, const std::vector<double>& direction, double step) {
    const std::span<float> parameter = bench_.parameter(i);
    const std::vector<float> before(parameter.begin(), parameter.end());
    double size = 0;
    const auto surprise = [&](double by) {
      double expected = 0;
      for (std::size_t k = 0; k < before.size(); ++k) {
        parameter[k] = static_cast<float>(double{before[k]} + by * direction[k]);
        expected += (double{parameter[k]} - double{before[k]}) * double{gradients_[i][k]};
      }
      return objective(&size) - here_ - expected;
    };
    const double above = surprise(step), below = surprise(-step);
    std::ranges::copy(before, parameter.begin());
    constexpr double epsilon = std::numeric_limits<float>::epsilon();
    return {(above - below) / (2 * step), (above + below) / step, epsilon * size / step};
  }

  void along(std::size_t i, const std::vector<float>& towards, const std::string& how) {
    double length = 0, size = 0;
    for (const float v : towards) length += double{v} * double{v};
    for (const float v : bench_.parameter(i)) size += double{v} * double{v};
    if (length == 0) return;  // a gradient of zero has no direction
    std::vector<double> direction;
    double expected = 0;
    for (std::size_t k = 0; k < towards.size(); ++k) {
      direction.push_back(double{towards[k]} / std::sqrt(length));
      expected += direction.back() * double{gradients_[i][k]};
    }
    // Curvature disturbs large steps, rounding disturbs small ones, and kinks disturb all. For
    // smooth functions the error is proportional to the square of the step, and the bend to the
    // step. The two step sizes that fit this best count, and their deviation from it is the
    // uncertainty.
    double step = 0.02 * std::max(std::sqrt(size / 10), 0.1);
    double error = 0, doubt = std::numeric_limits<double>::infinity();
    Found before = step_along(i, direction, step);
    for (int steps = 1; steps < 4; ++steps) {
      step /= 4;
      const Found now = step_along(i, direction, step);
      const double change = now.error - before.error;
      const double open = std::abs(change) + std::abs(now.bend - before.bend / 4) + now.rounding;
      if (open < doubt) {
        doubt = open;
        error = now.error + change / 15;  // without the step's square (L. F. Richardson, 1911)
      }
      before = now;
    }
    const double scale = std::max({std::abs(expected), typical(i), 1e-3 * largest_, 1e-6});
    if (doubt > 0.1 * scale) {
      ++skipped_;
      return;
    }
    const double off = std::abs(error);
    require(off <= tolerance * scale + doubt,
            "the gradient of {} {} gives a slope of {:.6g}; the outputs change by {:.6g}",
            bench_.description().parameters[i].name, how, expected, expected + error);
    worst_ = std::max(worst_, off / scale);
    ++judged_;
  }

  ModelBench bench_;
  LentMatrix x_, y_;
  Lent workspace_;
  std::vector<float> weights_;
  std::vector<std::vector<float>> gradients_;
  double here_ = 0, largest_ = 0, worst_ = 0;
  int judged_ = 0, skipped_ = 0;
};

}  // namespace

std::string require_derivatives(ModelBench bench) { return Slopes(std::move(bench)).check(); }

}  // namespace assay::conformance
