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

constexpr const char* init_value_doc = "the value at the first step";
constexpr const char* exponent_doc =
    "the fall is (0.5 * (1 + cos(pi * t / T)))^exponent after t of its T steps: above 1 it comes "
    "sooner, below 1 later";

class Cosine final : public Schedule {
 public:
  static constexpr About about = {.name = "cosine", .doc = "Falls along half a cosine."};
  struct Options {
    double init_value = 0;
    std::optional<std::int64_t> decay_steps;
    double alpha = 0;
    double exponent = 1;
  };
  static constexpr auto table =
      options(required("init_value", &Options::init_value, init_value_doc),
              option("decay_steps", &Options::decay_steps,
                     "steps until the final value is reached; null: the whole run", {.minimum = 1}),
              option("alpha", &Options::alpha, "the final value as a share of init_value"),
              option("exponent", &Options::exponent, exponent_doc, {.minimum = 0}));

  explicit Cosine(const Options& given)
      : steps_(given.decay_steps), fall_{given.init_value, 0, given.alpha, given.exponent} {}

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
  struct Options {
    double init_value = 0;
    double peak_value = 0;
    std::optional<std::int64_t> warmup_steps;
    std::optional<double> warmup_share;
    std::optional<std::int64_t> decay_steps;
    double end_value = 0;
    double exponent = 1;
  };
  static constexpr auto table = options(
      required("init_value", &Options::init_value, init_value_doc),
      required("peak_value", &Options::peak_value, "the value after the rise"),
      option("warmup_steps", &Options::warmup_steps, "steps of the rise; null: by warmup_share",
             {.minimum = 0}),
      option("warmup_share", &Options::warmup_share,
             "the rise as a share of decay_steps, in place of warmup_steps; null: a tenth",
             {.minimum = 0, .maximum = 1, .exclusive_maximum = true}),
      option("decay_steps", &Options::decay_steps,
             "steps of the rise and the fall together, more than warmup_steps; null: the whole run",
             {.minimum = 1}),
      option("end_value", &Options::end_value, "the value after the fall"),
      option("exponent", &Options::exponent, exponent_doc, {.minimum = 0}));

  explicit WarmupCosine(const Options& given)
      : init_value_(given.init_value),
        given_warmup_(given.warmup_steps),
        warmup_share_(given.warmup_share.value_or(0.1)),
        given_steps_(given.decay_steps),
        fall_{given.peak_value, 0, 0, given.exponent} {
    if (fall_.start != 0) fall_.alpha = given.end_value / fall_.start;
    if (given_warmup_ && given.warmup_share)
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

ASSAY_COMPONENT(Cosine, WarmupCosine)
