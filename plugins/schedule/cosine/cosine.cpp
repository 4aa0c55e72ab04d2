// Schedules `cosine` and `warmup_cosine`: a fall along half a cosine, the second after a rise in a
// straight line; equal to optax.cosine_decay_schedule and optax.warmup_cosine_decay_schedule.
// I. Loshchilov, F. Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts, arXiv:1608.03983.
//
// `cosine`
//   init_value    the value at the first step
//   decay_steps   the end is reached after this many steps, and kept (default null: the whole run)
//   alpha         the end as a share of init_value (default 0)
//   exponent      the fall is (0.5 * (1 + cos(pi * t / T)))^exponent (default 1)
//
// `warmup_cosine`
//   init_value     the value at the first step
//   peak_value     the value after the rise
//   warmup_steps   steps of the rise; 0: none (default null: by warmup_share)
//   warmup_share   the rise as a share of decay_steps, rounded to whole steps (default null: 0.1)
//   decay_steps    steps of the rise and the fall together (default null: the whole run)
//   end_value      the value after the fall, kept (default 0; of no effect if the peak is 0)
//   exponent       the fall is (0.5 * (1 + cos(pi * t / T)))^exponent (default 1)
//
//   optimizer:
//     type: adam
//     learning_rate:
//       type: warmup_cosine
//       init_value: 0
//       peak_value: 0.003
//       warmup_share: 0.1
#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <string>

#include "assay/plugin.h"
#include "assay/schedule.h"

namespace {

using namespace assay;

/// Falls from `start` to the share `alpha` of it in `steps` steps.
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

std::optional<std::int64_t> steps(const Options& options, const char* name) {
  return options.has(name) ? std::optional(options.integer(name)) : std::nullopt;
}

constexpr Parameter init_value = {
    .name = "init_value", .type = ParameterType::number, .doc = "the value at the first step"};
constexpr Parameter exponent = {.name = "exponent",
                                .type = ParameterType::number,
                                .doc =
                                    "the fall is (0.5 * (1 + cos(pi * t / T)))^exponent after t "
                                    "of its T steps: above 1 it comes sooner, below 1 later",
                                .fallback = "1",
                                .minimum = 0};

class Cosine final : public Schedule {
 public:
  static constexpr About about = {.name = "cosine", .doc = "Falls along half a cosine."};
  static constexpr Parameter parameters[] = {
      init_value,
      {.name = "decay_steps",
       .type = ParameterType::integer,
       .doc = "steps until the end is reached; null: the whole run",
       .fallback = "null",
       .minimum = 1},
      {.name = "alpha",
       .type = ParameterType::number,
       .doc = "the end as a share of init_value",
       .fallback = "0"},
      exponent,
  };

  explicit Cosine(const Options& options)
      : steps_(steps(options, "decay_steps")),
        fall_{options.number("init_value"), 0, options.number("alpha"),
              options.number("exponent")} {}

  void begin(std::int64_t total_steps) override { fall_.steps = steps_.value_or(total_steps); }
  double value(std::int64_t count) const override { return fall_.value(count); }

 private:
  std::optional<std::int64_t> steps_;  ///< the whole run if absent
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
       .doc = "steps of the rise; null: by warmup_share",
       .fallback = "null",
       .minimum = 0},
      {.name = "warmup_share",
       .type = ParameterType::number,
       .doc = "the rise as a share of decay_steps, in place of warmup_steps; null: a tenth",
       .fallback = "null",
       .minimum = 0,
       .maximum = 1,
       .exclusive_maximum = true},
      {.name = "decay_steps",
       .type = ParameterType::integer,
       .doc =
           "steps of the rise and the fall together, more than warmup_steps; null: the whole run",
       .fallback = "null",
       .minimum = 1},
      {.name = "end_value",
       .type = ParameterType::number,
       .doc = "the value after the fall",
       .fallback = "0"},
      exponent,
  };

  explicit WarmupCosine(const Options& options)
      : init_value_(options.number("init_value")),
        given_warmup_(steps(options, "warmup_steps")),
        warmup_share_(options.has("warmup_share") ? options.number("warmup_share") : 0.1),
        given_steps_(steps(options, "decay_steps")),
        fall_{options.number("peak_value"), 0, 0, options.number("exponent")} {
    if (fall_.start != 0) fall_.alpha = options.number("end_value") / fall_.start;
    if (given_warmup_ && options.has("warmup_share"))
      throw OptionError("warmup_share",
                        "expected warmup_steps or warmup_share, found both; leave one of them out");
    if (given_steps_ && warmup_of(*given_steps_) >= *given_steps_)
      throw OptionError("decay_steps", "expected more than warmup_steps (" +
                                           std::to_string(warmup_of(*given_steps_)) +
                                           "), since it counts the warm-up too; found " +
                                           std::to_string(*given_steps_));
  }

  // Takes the length of the run. A run that ends within the rise has no fall: it is truncated like
  // any other run.
  void begin(std::int64_t total_steps) override {
    const std::int64_t steps = given_steps_.value_or(total_steps);
    warmup_steps_ = warmup_of(steps);
    fall_.steps = std::max<std::int64_t>(steps - warmup_steps_, 1);
  }

  double value(std::int64_t count) const override {
    if (count >= warmup_steps_) return fall_.value(count - warmup_steps_);
    return init_value_ + (fall_.start - init_value_) * static_cast<double>(count) /
                             static_cast<double>(warmup_steps_);
  }

 private:
  std::int64_t warmup_of(std::int64_t steps) const {
    if (given_warmup_) return *given_warmup_;
    // The rounded share must be less than all steps, so that there is a fall.
    const double share = std::round(warmup_share_ * static_cast<double>(steps));
    return std::min(static_cast<std::int64_t>(share), steps - 1);
  }

  double init_value_;
  std::optional<std::int64_t> given_warmup_;  ///< determined by the share if absent
  double warmup_share_;
  std::optional<std::int64_t> given_steps_;  ///< the whole run if absent
  std::int64_t warmup_steps_ = 0;
  Fall fall_;
};

}  // namespace

ASSAY_PLUGIN("cosine", "1.0.0", "MIT", Cosine, WarmupCosine)
