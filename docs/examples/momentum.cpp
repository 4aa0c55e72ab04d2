// Optimizer `momentum`: steps along a decaying sum of past gradients.
#include "assay/optimizer.h"
#include "assay/plugin.h"

namespace {
class Momentum final : public assay::Optimizer {
 public:
  static constexpr assay::About about = {.name = "momentum", .doc = "Descent with momentum."};
  struct Options {
    assay::Rate learning_rate;
    double decay = 0.9;
  };
  static constexpr auto table = assay::options(
      assay::required("learning_rate", &Options::learning_rate, "size of a step", {.minimum = 0}),
      assay::option("decay", &Options::decay, "decay of the sum", {.minimum = 0, .maximum = 1}));
  explicit Momentum(const Options& options) : options_(options) {}
  void declare(assay::Slots& slots) override { slots.slot("sum", 0); }
  void begin_step(std::int64_t count) override { rate_ = options_.learning_rate.at(count); }
  void update(const assay::UpdateSlice& slice) const override {
    for (std::size_t i = 0; i < slice.values.size(); ++i) {
      float& sum = slice.slots[0][i];
      sum = static_cast<float>(slice.gradient[i] + options_.decay * sum);
      slice.values[i] -= static_cast<float>(rate_ * sum);
    }
  }

 private:
  Options options_;
  double rate_ = 0;
};
}  // namespace
ASSAY_PLUGIN("momentum", "0.1.0", "MIT", Momentum)
