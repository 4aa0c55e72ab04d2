// Transform `standardize`: subtracts from every feature its mean over the training rows and divides
// it by its standard deviation there, as sklearn.preprocessing.StandardScaler does (scikit-learn
// 1.9): the deviation of the population, and 1 in place of that of a feature that is constant but
// for rounding. A feature is an element of a sample. NaN counts for neither, and stays NaN.
//
// with_mean  subtract the mean (default true)
// with_std   divide by the standard deviation (default true)
//
// Means and squared deviations are updated row by row in float64: B. P. Welford, Note on a Method
// for Calculating Corrected Sums of Squares and Products, Technometrics 4 (1962). A checkpoint has
// them as `mean` and `scale`; 0 and 1 where the options leave them out.
//
//   transforms: [standardize]
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "assay/error.h"
#include "assay/fits.h"
#include "assay/plugin.h"
#include "assay/state.h"
#include "assay/transform.h"

namespace {

class Standardize final : public assay::Transform, public assay::Fits, public assay::Stateful {
 public:
  static constexpr assay::About about = {
      .name = "standardize",
      .doc = "Gives every feature mean 0 and deviation 1 over the training rows."};
  struct Options {
    bool with_mean = true;
    bool with_std = true;
  };
  static constexpr auto table = assay::options(
      assay::option("with_mean", &Options::with_mean, "subtract the mean over the training rows"),
      assay::option("with_std", &Options::with_std,
                    "divide by the standard deviation over the training rows"));
  explicit Standardize(const Options& options) : options_(options) {}

  assay::Shape shape(const assay::Shape& sample) override {
    features_ = sample.elements();
    return sample;
  }

  void declare_state(assay::State& state) override {
    mean_ = state.tensor<double>("mean", {features_});
    scale_ = state.tensor<double>("scale", {features_});
    for (double& scale : scale_) scale = 1;
  }

  void fit(assay::MatrixView<const float> samples, assay::ConstTensorView /*targets*/) override {
    sums_.resize(mean_.size());
    for (std::int64_t row = 0; row < samples.rows; ++row) {
      const float* x = samples.row(row);
      for (std::size_t i = 0; i < sums_.size(); ++i) sums_[i].add(double{x[i]});
    }
  }

  void fitted() override {
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      const Sums& sums = sums_[i];
      if (sums.rows == 0 || !std::isfinite(sums.squares))
        throw assay::Error(
            "element " + std::to_string(i) + " of the samples, counted from 0, " +
            (sums.rows == 0 ? "is NaN in all training rows" : "is infinite in a training row") +
            ": it has no mean; fix the data or leave the element out");
      if (options_.with_mean) mean_[i] = sums.mean;
      if (options_.with_std) scale_[i] = sums.scale();
    }
    sums_ = {};
  }

  void apply(const assay::TransformPass& /*pass*/, assay::MatrixView<const float> x,
             assay::MatrixView<float> y) const override {
    const std::span<const double> mean = mean_, scale = scale_;
    for (std::int64_t row = 0; row < x.rows; ++row) {
      const float* from = x.row(row);
      float* to = y.row(row);
      for (std::size_t i = 0; i < mean.size(); ++i)
        to[i] = static_cast<float>((double{from[i]} - mean[i]) / scale[i]);
    }
  }

 private:
  // The numbers that one feature has had so far.
  struct Sums {
    double rows = 0;
    double mean = 0;
    double squares = 0;  // of the deviations from the mean

    void add(double x) {
      if (std::isnan(x)) return;
      rows += 1;
      const double off = x - mean;
      mean += off / rows;
      squares += off * (x - mean);
    }
    // Returns the deviation, or 1 if rounding alone may be the cause of it (scikit-learn's
    // _is_constant_feature).
    double scale() const {
      constexpr double epsilon = std::numeric_limits<double>::epsilon();
      const double variance = squares / rows;
      const double rounding = rows * mean * epsilon;
      const bool constant = variance <= rows * epsilon * variance + rounding * rounding;
      return constant ? 1 : std::sqrt(variance);
    }
  };

  Options options_;
  std::int64_t features_ = 0;
  std::vector<Sums> sums_;  // while it fits
  std::span<double> mean_, scale_;
};

}  // namespace

ASSAY_COMPONENT(Standardize)
