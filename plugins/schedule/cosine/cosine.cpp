// Schedule `cosine`: falls along half a cosine; equal to optax.cosine_decay_schedule.
// I. Loshchilov, F. Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, arXiv:1608.03983.
//
//   init_value    the value at the first step
//   decay_steps   the end is reached after this many steps, and kept
//   alpha         the end as a share of init_value (default 0)
//   exponent      bends the curve (default 1)
//
//   optimizer:
//     type: sgd
//     learning_rate: {type: cosine, init_value: 0.05, decay_steps: 3000}
#include <algorithm>
#include <cmath>
#include <numbers>

#include "assay/plugin.h"
#include "assay/schedule.h"

namespace {

class Cosine final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "cosine", .doc = "Falls along half a cosine."};
  static constexpr assay::Parameter parameters[] = {
      {.name = "init_value",
       .type = assay::ParameterType::number,
       .doc = "the value at the first step"},
      {.name = "decay_steps",
       .type = assay::ParameterType::integer,
       .doc = "steps until the end is reached",
       .minimum = 1},
      {.name = "alpha",
       .type = assay::ParameterType::number,
       .doc = "the end as a share of init_value",
       .fallback = "0"},
      {.name = "exponent",
       .type = assay::ParameterType::number,
       .doc = "power of the cosine, between 1 and 0",
       .fallback = "1",
       .minimum = 0},
  };

  explicit Cosine(const assay::Options& options)
      : init_value_(options.number("init_value")),
        decay_steps_(options.integer("decay_steps")),
        alpha_(options.number("alpha")),
        exponent_(options.number("exponent")) {}

  double value(std::int64_t count) const override {
    const double progress =
        static_cast<double>(std::min(count, decay_steps_)) / static_cast<double>(decay_steps_);
    const double decay = 0.5 * (1 + std::cos(std::numbers::pi * progress));
    return init_value_ * ((1 - alpha_) * std::pow(decay, exponent_) + alpha_);
  }

 private:
  double init_value_;
  std::int64_t decay_steps_;
  double alpha_;
  double exponent_;
};

}  // namespace

ASSAY_PLUGIN("cosine", "1.0.0", "MIT", Cosine)
