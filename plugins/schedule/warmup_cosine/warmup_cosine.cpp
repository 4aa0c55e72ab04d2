// Schedule `warmup_cosine`: rises in a straight line, then falls along half a cosine; equal to
// optax.warmup_cosine_decay_schedule.
//
//   init_value     the value at the first step
//   peak_value     the value after the rise
//   warmup_steps   steps of the rise; 0: none
//   decay_steps    steps of the rise and the fall together
//   end_value      the value after the fall, kept (default 0; of no effect if the peak is 0)
//   exponent       bends the fall (default 1)
//
//   optimizer:
//     type: adam
//     learning_rate:
//       type: warmup_cosine
//       init_value: 0
//       peak_value: 0.003
//       warmup_steps: 50
//       decay_steps: 1000
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "assay/plugin.h"
#include "assay/schedule.h"

namespace {

class WarmupCosine final : public assay::Schedule {
 public:
  static constexpr assay::About about = {
      .name = "warmup_cosine", .doc = "Rises in a straight line, then falls along half a cosine."};
  static constexpr assay::Parameter parameters[] = {
      {.name = "init_value",
       .type = assay::ParameterType::number,
       .doc = "the value at the first step"},
      {.name = "peak_value",
       .type = assay::ParameterType::number,
       .doc = "the value after the rise"},
      {.name = "warmup_steps",
       .type = assay::ParameterType::integer,
       .doc = "steps of the rise",
       .minimum = 0},
      {.name = "decay_steps",
       .type = assay::ParameterType::integer,
       .doc = "steps of the rise and the fall together; more than warmup_steps",
       .minimum = 1},
      {.name = "end_value",
       .type = assay::ParameterType::number,
       .doc = "the value after the fall",
       .fallback = "0"},
      {.name = "exponent",
       .type = assay::ParameterType::number,
       .doc = "power of the cosine, between 1 and 0",
       .fallback = "1",
       .minimum = 0},
  };

  explicit WarmupCosine(const assay::Options& options)
      : init_value_(options.number("init_value")),
        peak_value_(options.number("peak_value")),
        warmup_steps_(options.integer("warmup_steps")),
        fall_steps_(options.integer("decay_steps") - warmup_steps_),
        alpha_(peak_value_ == 0 ? 0 : options.number("end_value") / peak_value_),
        exponent_(options.number("exponent")) {
    if (fall_steps_ <= 0)
      throw assay::OptionError("decay_steps", "expected more than warmup_steps (" +
                                                  std::to_string(warmup_steps_) +
                                                  "), since it counts the warm-up too; found " +
                                                  std::to_string(options.integer("decay_steps")));
  }

  double value(std::int64_t count) const override {
    if (count < warmup_steps_)
      return init_value_ + (peak_value_ - init_value_) * static_cast<double>(count) /
                               static_cast<double>(warmup_steps_);
    const double progress = static_cast<double>(std::min(count - warmup_steps_, fall_steps_)) /
                            static_cast<double>(fall_steps_);
    const double decay = std::pow(0.5 * (1 + std::cos(std::numbers::pi * progress)), exponent_);
    return peak_value_ * ((1 - alpha_) * decay + alpha_);
  }

 private:
  double init_value_;
  double peak_value_;
  std::int64_t warmup_steps_;
  std::int64_t fall_steps_;
  double alpha_;  ///< the end as a share of the peak
  double exponent_;
};

}  // namespace

ASSAY_PLUGIN("warmup_cosine", "1.0.0", "MIT", WarmupCosine)
