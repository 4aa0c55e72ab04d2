// Transform `z_score`: subtracts the mean of every feature and divides by its deviation, as they
// are in the training rows; scikit-learn's StandardScaler.
//   transforms: [z_score]
#include <cmath>

#include "assay/fits.h"
#include "assay/plugin.h"
#include "assay/state.h"
#include "assay/transform.h"

namespace {
class ZScore final : public assay::Transform, public assay::Fits, public assay::Stateful {
 public:
  static constexpr assay::About about = {.name = "z_score", .doc = "Mean 0 and deviation 1."};

  assay::Shape shape(const assay::Shape& sample) override { return shape_ = sample; }
  void declare_state(assay::State& state) override {
    rows_ = &state.number("rows", 0);
    mean_ = state.tensor<double>("mean", {shape_.elements()});
    squares_ = state.tensor<double>("squares", {shape_.elements()});
  }
  void fit(assay::MatrixView<const float> samples, assay::ConstTensorView) override {
    for (std::int64_t r = 0; r < samples.rows; ++r) {
      *rows_ += 1;
      for (std::size_t i = 0; i < mean_.size(); ++i) {  // B. P. Welford, Technometrics 4 (1962)
        const double off = double{samples.row(r)[i]} - mean_[i];
        mean_[i] += off / *rows_;
        squares_[i] += off * (double{samples.row(r)[i]} - mean_[i]);
      }
    }
  }
  void fitted() override {}
  void apply(const assay::TransformPass&, assay::MatrixView<const float> x,
             assay::MatrixView<float> y) const override {
    for (std::size_t i = 0; i < mean_.size(); ++i) {
      const double scale = squares_[i] > 0 ? std::sqrt(squares_[i] / *rows_) : 1;
      for (std::int64_t r = 0; r < x.rows; ++r)
        y.row(r)[i] = static_cast<float>((double{x.row(r)[i]} - mean_[i]) / scale);
    }
  }

 private:
  assay::Shape shape_;
  double* rows_ = nullptr;
  std::span<double> mean_, squares_;
};
}  // namespace
ASSAY_PLUGIN("z_score", "0.1.0", "MIT", ZScore)
