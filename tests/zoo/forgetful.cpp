// Components with state that they do not declare, and one that draws by chance. Each is sound as
// long as no run is taken up, or compared with another one.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>

#include "assay/hook.h"
#include "assay/optimizer.h"
#include "assay/plugin.h"
#include "assay/transform.h"

namespace {

class ForgetfulOptimizer final : public assay::Optimizer {
 public:
  static constexpr assay::About about = {.name = "forgetful_optimizer",
                                         .doc = "Counts its steps without declaring the count."};
  void begin_step(std::int64_t /*count*/) override { rate_ = 0.1F / static_cast<float>(++steps_); }
  void update(const assay::UpdateSlice& slice) const override {
    for (std::size_t i = 0; i < slice.values.size(); ++i)
      slice.values[i] -= rate_ * slice.gradient[i];
  }

 private:
  std::int64_t steps_ = 0;
  float rate_ = 0;
};

class ForgetfulHook final : public assay::Hook {
 public:
  static constexpr assay::About about = {.name = "forgetful_hook",
                                         .doc = "Logs how often it fired without declaring that."};
  void plan(assay::HookNeeds& /*needs*/) override {}
  void run(assay::HookContext& context) override {
    context.scalar("times", static_cast<double>(++times_));
  }

 private:
  std::int64_t times_ = 0;
};

class RandomTransform final : public assay::Transform {
 public:
  static constexpr assay::About about = {.name = "random_transform",
                                         .doc = "Scales samples by a number drawn by chance."};
  assay::Shape shape(const assay::Shape& sample) override { return sample; }
  void apply(const assay::TransformPass& /*pass*/, assay::MatrixView<const float> x,
             assay::MatrixView<float> y) const override {
    for (std::int64_t row = 0; row < x.rows; ++row)
      std::ranges::transform(x.row_span(row), y.row(row),
                             [this](float value) { return scale_ * value; });
  }

 private:
  float scale_ = 1 + static_cast<float>(std::random_device()() % 1000) / 1000;
};

}  // namespace

ASSAY_PLUGIN("forgetful", "1.0.0", "MIT", ForgetfulOptimizer, ForgetfulHook, RandomTransform)
