// Optimizer `plugin_name`: steps along a decaying sum of past gradients.
//   optimizer: {type: plugin_name, learning_rate: 0.01, decay: 0.9}
#include "assay/optimizer.h"
#include "assay/plugin.h"

namespace {
class PluginName final : public assay::Optimizer {
 public:
  static constexpr assay::About about = {.name = "plugin_name", .doc = "Descent with momentum."};
  struct Options {
    assay::Rate learning_rate;
    double decay = 0.9;
  };
  static constexpr auto table = assay::options(
      assay::required("learning_rate", &Options::learning_rate, "length of a step", {.minimum = 0}),
      assay::option("decay", &Options::decay, "what is left of the sum after a step",
                    {.minimum = 0, .maximum = 1}));

  explicit PluginName(const Options& options)
      : rate_(options.learning_rate), decay_(options.decay) {}

  void declare(assay::Slots& slots) override { slots.slot("sum", 0); }
  void begin_step(std::int64_t count) override { now_ = rate_.at(count); }
  void update(const assay::UpdateSlice& slice) const override {
    float* sum = slice.slots[0];
    for (std::size_t i = 0; i < slice.values.size(); ++i) {
      sum[i] = static_cast<float>(slice.gradient[i] + decay_ * sum[i]);
      slice.values[i] -= static_cast<float>(now_ * sum[i]);
    }
  }

 private:
  assay::Rate rate_;
  double decay_, now_ = 0;
};
}  // namespace
ASSAY_PLUGIN("plugin_name", "0.1.0", "MIT", PluginName)
