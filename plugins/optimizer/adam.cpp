// Optimizer `adam`: steps scaled by running means of the gradient and of its square; equal to
// optax.adam. D. P. Kingma, J. Ba, Adam: A Method for Stochastic Optimization, arXiv:1412.6980.
//
//   learning_rate   a number or a schedule
//   b1              decay of the mean of the gradient (default 0.9)
//   b2              decay of the mean of its square (default 0.999)
//   eps             added to the root of that mean (default 1e-8)
//   eps_root        added under the root (default 0)
//
//   optimizer:
//     type: adam
//     learning_rate: {type: cosine, init_value: 0.003, decay_steps: 3000}
#include <cmath>
#include <cstddef>

#include "assay/optimizer.h"
#include "assay/plugin.h"

namespace {

class Adam final : public assay::Optimizer {
 public:
  static constexpr assay::About about = {.name = "adam",
                                         .doc = "Steps scaled by running moments of the gradient."};
  struct Options {
    assay::Rate learning_rate;
    double b1 = 0.9;
    double b2 = 0.999;
    double eps = 1e-8;
    double eps_root = 0;
  };
  static constexpr auto table = assay::options(
      assay::required("learning_rate", &Options::learning_rate,
                      "approximate size of a step of each parameter", {.minimum = 0}),
      assay::option("b1", &Options::b1, "decay of the mean of the gradient",
                    {.minimum = 0, .maximum = 1, .exclusive_maximum = true}),
      assay::option("b2", &Options::b2, "decay of the mean of the squared gradient",
                    {.minimum = 0, .maximum = 1, .exclusive_maximum = true}),
      assay::option("eps", &Options::eps, "number added to the root of the mean square",
                    {.minimum = 0}),
      assay::option("eps_root", &Options::eps_root,
                    "number added to the mean square, under the root", {.minimum = 0}));

  explicit Adam(const Options& options)
      : learning_rate_(options.learning_rate),
        b1_(options.b1),
        b2_(options.b2),
        eps_(static_cast<float>(options.eps)),
        eps_root_(static_cast<float>(options.eps_root)) {}

  void declare(assay::Slots& slots) override {
    mu_ = static_cast<std::size_t>(slots.slot("mu", 0));
    nu_ = static_cast<std::size_t>(slots.slot("nu", 0));
  }

  // Computes the factors of the step. The means start at zero; dividing by 1 - b^t corrects that.
  // Both divisions are combined into one factor per step.
  void begin_step(std::int64_t count) override {
    const auto t = static_cast<double>(count + 1);
    rate_ = static_cast<float>(learning_rate_.at(count) / (1 - std::pow(b1_, t)));
    nu_scale_ = static_cast<float>(1 / (1 - std::pow(b2_, t)));
  }

  void update(const assay::UpdateSlice& slice) const override {
    const std::size_t n = slice.values.size();
    const auto b1 = static_cast<float>(b1_);
    const auto b2 = static_cast<float>(b2_);
    const auto new1 = static_cast<float>(1 - b1_);
    const auto new2 = static_cast<float>(1 - b2_);
    const float rate = rate_;
    const float nu_scale = nu_scale_;
    const float eps = eps_;
    const float eps_root = eps_root_;
    float* __restrict value = slice.values.data();
    const float* __restrict gradient = slice.gradient.data();
    float* __restrict mu = slice.slots[mu_];
    float* __restrict nu = slice.slots[nu_];
    for (std::size_t i = 0; i < n; ++i) {
      const float g = gradient[i];
      mu[i] = new1 * g + b1 * mu[i];
      nu[i] = new2 * (g * g) + b2 * nu[i];
      value[i] -= rate * mu[i] / (std::sqrt(nu[i] * nu_scale + eps_root) + eps);
    }
  }

 private:
  assay::Rate learning_rate_;
  double b1_;
  double b2_;
  float eps_;
  float eps_root_;
  std::size_t mu_ = 0;
  std::size_t nu_ = 0;
  float rate_ = 0;      ///< of this step, with mu's bias correction
  float nu_scale_ = 0;  ///< of this step: nu's bias correction
};

}  // namespace

ASSAY_COMPONENT(Adam)
