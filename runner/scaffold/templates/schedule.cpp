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

#include "assay/plugin.h"
#include "assay/schedule.h"

namespace {

using enum assay::ParameterType;

class PluginName final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "plugin_name", .doc = "Exponential decay."};
  static constexpr assay::Parameter parameters[] = {
      {.name = "init_value", .type = number, .doc = "the value at the first step"},
      {.name = "transition_steps",
       .type = integer,
       .doc = "steps of one factor; null: the whole run",
       .fallback = "null",
       .minimum = 1},
      {.name = "decay_rate",
       .type = number,
       .doc = "the factor",
       .fallback = "0.5",
       .minimum = 0,
       .exclusive_minimum = true},
  };

  explicit PluginName(const assay::Options& options)
      : init_value_(options.number("init_value")),
        transition_steps_(options.has("transition_steps") ? options.integer("transition_steps")
                                                          : 0),
        decay_rate_(options.number("decay_rate")) {}

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
