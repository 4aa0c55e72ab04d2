// Schedule `plugin_name`: falls by the same factor in every so many steps, as
// optax.exponential_decay does.
//
//   init_value         the value at the first step
//   transition_steps   how many steps
//   decay_rate         the factor (default 0.5)
//
//   optimizer:
//     type: sgd
//     learning_rate: {type: plugin_name, init_value: 0.05, transition_steps: 100}
#include <cmath>

#include "assay/plugin.h"
#include "assay/schedule.h"

namespace {

using enum assay::ParameterType;

class PluginName final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "plugin_name", .doc = "Exponential decay."};
  static constexpr assay::Parameter parameters[] = {
      {.name = "init_value", .type = number, .doc = "the value at the first step"},
      {.name = "transition_steps", .type = integer, .doc = "steps of one factor", .minimum = 1},
      {.name = "decay_rate",
       .type = number,
       .doc = "the factor",
       .fallback = "0.5",
       .minimum = 0,
       .exclusive_minimum = true},
  };

  explicit PluginName(const assay::Options& options)
      : init_value_(options.number("init_value")),
        transition_steps_(static_cast<double>(options.integer("transition_steps"))),
        decay_rate_(options.number("decay_rate")) {}

  double value(std::int64_t count) const override {
    return init_value_ * std::pow(decay_rate_, static_cast<double>(count) / transition_steps_);
  }

 private:
  double init_value_, transition_steps_, decay_rate_;
};

}  // namespace

ASSAY_PLUGIN("plugin_name", "0.1.0", "MIT", PluginName)
