// Gradient transform `plugin_name`: limits every element of the gradient, as optax.clip does.
//
//   max_delta   the largest absolute value of an element
//
//   gradient_transforms: [{type: plugin_name, max_delta: 0.1}]
#include <algorithm>
#include <cstdint>
#include <span>

#include "assay/gradient_transform.h"
#include "assay/plugin.h"

namespace {

class PluginName final : public assay::GradientTransform {
 public:
  static constexpr assay::About about = {.name = "plugin_name",
                                         .doc = "Limits every element of the gradient."};
  struct Options {
    assay::Rate max_delta;
  };
  static constexpr auto table =
      assay::options(assay::required("max_delta", &Options::max_delta,
                                     "the largest absolute value of an element", {.minimum = 0}));

  explicit PluginName(const Options& options) : max_delta_(options.max_delta) {}

  void begin_step(std::int64_t count, std::span<const double> /*totals*/) override {
    now_ = static_cast<float>(max_delta_.at(count));
  }
  void apply(const assay::GradientSlice& slice) const override {
    for (float& element : slice.gradient) element = std::clamp(element, -now_, now_);
  }

 private:
  assay::Rate max_delta_;
  float now_ = 0;
};

}  // namespace

ASSAY_PLUGIN("plugin_name", "0.1.0", "MIT", PluginName)
