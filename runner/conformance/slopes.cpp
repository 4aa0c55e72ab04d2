#include "runner/conformance/slopes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include "runner/conformance/check.h"

namespace assay::conformance {
namespace {

// Slopes along a direction in one parameter, numerical against the gradient's.
class Slopes {
 public:
  explicit Slopes(ModelBench bench)
      : bench_(std::move(bench)), gradients_(bench_.run(slope_rows, slope_rows).gradients) {
    for (std::size_t i = 0; i < gradients_.size(); ++i) largest_ = std::max(largest_, typical(i));
  }

  std::string check() {
    for (std::size_t i = 0; i < gradients_.size(); ++i) {
      const std::size_t n = gradients_[i].size();
      // The gradient's own direction shows a wrong size best, random ones what is missing.
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

  // The root mean square of an element.
  double typical(std::size_t i) const {
    double sum = 0;
    for (const float g : gradients_[i]) sum += double{g} * double{g};
    return std::sqrt(sum / static_cast<double>(gradients_[i].size()));
  }

  double objective() {
    const LentMatrix x = bench_.samples(slope_rows), d = bench_.d_outputs(slope_rows);
    const LentMatrix y(slope_rows, bench_.description().outputs);
    bench_.forward(bench_.pass(), bench_.workspace(slope_rows), x.view(), y.view());
    const std::vector<float> outputs = y.values(), weights = d.values();
    double sum = 0;
    for (std::size_t i = 0; i < outputs.size(); ++i) sum += double{outputs[i]} * double{weights[i]};
    return sum;
  }

  double numerical(std::size_t i, const std::vector<double>& direction, double step) {
    const std::span<float> parameter = bench_.parameter(i);
    const std::vector<float> before(parameter.begin(), parameter.end());
    const auto moved = [&](double by) {
      for (std::size_t k = 0; k < before.size(); ++k)
        parameter[k] = static_cast<float>(double{before[k]} + by * direction[k]);
      return objective();
    };
    const double above = moved(step), below = moved(-step);
    std::ranges::copy(before, parameter.begin());
    return (above - below) / (2 * step);
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
    const double scale = std::max({std::abs(expected), typical(i), 1e-3 * largest_, 1e-6});
    // Kinks and curvature disturb large steps, rounding small ones.
    std::array<double, 3> found{};
    double step = 0.02 * std::max(std::sqrt(size / 10), 0.1);
    for (double& slope : found) {
      slope = numerical(i, direction, step);
      step /= 4;
    }
    const auto [low, high] = std::ranges::minmax(found);
    if (high - low > 0.1 * scale) {
      ++skipped_;
      return;
    }
    const double best = *std::ranges::min_element(
        found, {}, [&](double slope) { return std::abs(slope - expected); });
    const double off = std::abs(best - expected);
    require(off <= 0.02 * scale,
            "the gradient of {} {} gives a slope of {:.6g}; the outputs change by {:.6g}",
            bench_.description().parameters[i].name, how, expected, best);
    worst_ = std::max(worst_, off / scale);
    ++judged_;
  }

  ModelBench bench_;
  std::vector<std::vector<float>> gradients_;
  double largest_ = 0, worst_ = 0;
  int judged_ = 0, skipped_ = 0;
};

}  // namespace

std::string require_derivatives(ModelBench bench) { return Slopes(std::move(bench)).check(); }

}  // namespace assay::conformance
