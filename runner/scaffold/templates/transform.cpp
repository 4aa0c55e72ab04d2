// Transform `plugin_name`: scales every feature to the range that it has in the training rows, from
// 0 to 1, as scikit-learn's MinMaxScaler does.
//   transforms: [plugin_name]
#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>

#include "assay/fits.h"
#include "assay/plugin.h"
#include "assay/state.h"
#include "assay/transform.h"

namespace {

class PluginName final : public assay::Transform, public assay::Fits, public assay::Stateful {
 public:
  static constexpr assay::About about = {.name = "plugin_name",
                                         .doc = "Scales every feature to 0 to 1."};

  assay::Shape shape(const assay::Shape& sample) override {
    features_ = sample.elements();
    return sample;
  }
  void declare_state(assay::State& state) override {
    minimum_ = state.tensor<float>("minimum", {features_});
    maximum_ = state.tensor<float>("maximum", {features_});
    std::ranges::fill(minimum_, std::numeric_limits<float>::infinity());
    std::ranges::fill(maximum_, -std::numeric_limits<float>::infinity());
  }

  void fit(assay::MatrixView<const float> samples, assay::ConstTensorView /*targets*/) override {
    for (std::int64_t r = 0; r < samples.rows; ++r)
      for (std::size_t i = 0; i < minimum_.size(); ++i) {
        minimum_[i] = std::min(minimum_[i], samples.row(r)[i]);
        maximum_[i] = std::max(maximum_[i], samples.row(r)[i]);
      }
  }
  void fitted() override {}

  void apply(const assay::TransformPass& /*pass*/, assay::MatrixView<const float> x,
             assay::MatrixView<float> y) const override {
    for (std::int64_t r = 0; r < x.rows; ++r)
      for (std::size_t i = 0; i < minimum_.size(); ++i) {
        const float range = maximum_[i] - minimum_[i];
        y.row(r)[i] = (x.row(r)[i] - minimum_[i]) / (range > 0 ? range : 1);
      }
  }

 private:
  std::int64_t features_ = 0;
  std::span<float> minimum_, maximum_;
};

}  // namespace

ASSAY_PLUGIN("plugin_name", "0.1.0", "MIT", PluginName)
