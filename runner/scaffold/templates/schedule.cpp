// Schedule `plugin_name`: falls by the same factor every transition_steps steps, as
// optax.exponential_decay does.
//
//   init_value         the value at the first step
//   transition_steps   how many steps (default null: the whole run)
//   decay_rate         the factor (default 0.5)
//
//   optimizer:
//     type: sgd
//     learning_rate: {type: plugin_name, init_value: 0.05, transition_steps: 100}
#include <cmath>
#include <cstdint>
#include <optional>

#include "assay/plugin.h"
#include "assay/schedule.h"

namespace {

class PluginName final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "plugin_name", .doc = "Exponential decay."};
  struct Options {
    double init_value = 0;
    std::optional<std::int64_t> transition_steps;
    double decay_rate = 0.5;
  };
  static constexpr auto table = assay::options(
      assay::required("init_value", &Options::init_value, "the value at the first step"),
      assay::option("transition_steps", &Options::transition_steps,
                    "steps of one factor; null: the whole run", {.minimum = 1}),
      assay::option("decay_rate", &Options::decay_rate, "the factor",
                    {.minimum = 0, .exclusive_minimum = true}));

  explicit PluginName(const Options& options)
      : init_value_(options.init_value),
        transition_steps_(options.transition_steps.value_or(0)),
        decay_rate_(options.decay_rate) {}

  // Takes the length of the run; called once before the first value.
  void begin(std::int64_t total_steps) override {
    if (transition_steps_ == 0) transition_steps_ = total_steps;
  }

  double value(std::int64_t count) const override {
    const double factors = static_cast<double>(count) / static_cast<double>(transition_steps_);
    return init_value_ * std::pow(decay_rate_, factors);
  }

 private:
  double init_value_;
  std::int64_t transition_steps_;  // 0: the whole run
  double decay_rate_;
};

}  // namespace

ASSAY_PLUGIN("plugin_name", "0.1.0", "MIT", PluginName)
