// Schedules `cosine` and `warmup_cosine`: a fall along half a cosine, the second after a rise in a
// straight line; equal to optax.cosine_decay_schedule and optax.warmup_cosine_decay_schedule.
// I. Loshchilov, F. Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, arXiv:1608.03983.
//
// `cosine`
//   init_value    the value at the first step
//   decay_steps   the end is reached after this many steps, and kept
//   alpha         the end as a share of init_value (default 0)
//   exponent      bends the curve (default 1)
//
// `warmup_cosine`
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

using namespace assay;

/// From `start` to the share `alpha` of it in so many steps.
struct Fall {
  double start;
  std::int64_t steps;
  double alpha;
  double exponent;

  double value(std::int64_t count) const {
    const double progress =
        static_cast<double>(std::min(count, steps)) / static_cast<double>(steps);
    const double decay = std::pow(0.5 * (1 + std::cos(std::numbers::pi * progress)), exponent);
    return start * ((1 - alpha) * decay + alpha);
  }
};

constexpr Parameter init_value = {
    .name = "init_value", .type = ParameterType::number, .doc = "the value at the first step"};
constexpr Parameter exponent = {.name = "exponent",
                                .type = ParameterType::number,
                                .doc = "power of the cosine, between 1 and 0",
                                .fallback = "1",
                                .minimum = 0};

class Cosine final : public Schedule {
 public:
  static constexpr About about = {.name = "cosine", .doc = "Falls along half a cosine."};
  static constexpr Parameter parameters[] = {
      init_value,
      {.name = "decay_steps",
       .type = ParameterType::integer,
       .doc = "steps until the end is reached",
       .minimum = 1},
      {.name = "alpha",
       .type = ParameterType::number,
       .doc = "the end as a share of init_value",
       .fallback = "0"},
      exponent,
  };

  explicit Cosine(const Options& options)
      : fall_{options.number("init_value"), options.integer("decay_steps"), options.number("alpha"),
              options.number("exponent")} {}

  double value(std::int64_t count) const override { return fall_.value(count); }

 private:
  Fall fall_;
};

class WarmupCosine final : public Schedule {
 public:
  static constexpr About about = {
      .name = "warmup_cosine", .doc = "Rises in a straight line, then falls along half a cosine."};
  static constexpr Parameter parameters[] = {
      init_value,
      {.name = "peak_value", .type = ParameterType::number, .doc = "the value after the rise"},
      {.name = "warmup_steps",
       .type = ParameterType::integer,
       .doc = "steps of the rise",
       .minimum = 0},
      {.name = "decay_steps",
       .type = ParameterType::integer,
       .doc = "steps of the rise and the fall together; more than warmup_steps",
       .minimum = 1},
      {.name = "end_value",
       .type = ParameterType::number,
       .doc = "the value after the fall",
       .fallback = "0"},
      exponent,
  };

  explicit WarmupCosine(const Options& options)
      : init_value_(options.number("init_value")),
        warmup_steps_(options.integer("warmup_steps")),
        fall_{options.number("peak_value"), options.integer("decay_steps") - warmup_steps_, 0,
              options.number("exponent")} {
    if (fall_.start != 0) fall_.alpha = options.number("end_value") / fall_.start;
    if (fall_.steps <= 0)
      throw OptionError("decay_steps", "expected more than warmup_steps (" +
                                           std::to_string(warmup_steps_) +
                                           "), since it counts the warm-up too; found " +
                                           std::to_string(options.integer("decay_steps")));
  }

  double value(std::int64_t count) const override {
    if (count >= warmup_steps_) return fall_.value(count - warmup_steps_);
    return init_value_ + (fall_.start - init_value_) * static_cast<double>(count) /
                             static_cast<double>(warmup_steps_);
  }

 private:
  double init_value_;
  std::int64_t warmup_steps_;
  Fall fall_;
};

}  // namespace

ASSAY_PLUGIN("cosine", "1.0.0", "MIT", Cosine, WarmupCosine)
