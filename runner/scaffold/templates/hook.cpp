// Hook `plugin_name`: sends the difference of two values to every logger. With test.loss and
// train.loss it shows how much better a model fits the rows that it was trained on.
//
//   tag     its name in the logs
//   value   the first value (default test.loss)
//   minus   the value to subtract from it (default train.loss)
//
//   hooks:
//     gap: {type: plugin_name, tag: Gap, every: 10}
#include <string>

#include "assay/hook.h"
#include "assay/plugin.h"

namespace {

using enum assay::ParameterType;

class PluginName final : public assay::Hook {
 public:
  static constexpr assay::About about = {.name = "plugin_name",
                                         .doc = "Logs the difference of two values."};
  static constexpr assay::Parameter parameters[] = {
      {.name = "tag", .type = text, .doc = "name in the logs"},
      {.name = "value", .type = text, .doc = "what to take", .fallback = "test.loss"},
      {.name = "minus", .type = text, .doc = "what to take from it", .fallback = "train.loss"},
  };

  explicit PluginName(const assay::Options& options)
      : tag_(options.text("tag")), value_(options.text("value")), minus_(options.text("minus")) {}

  void plan(assay::HookNeeds& needs) override {
    value_number_ = needs.value(value_, "value");
    minus_number_ = needs.value(minus_, "minus");
  }

  void run(assay::HookContext& context) override {
    context.scalar(tag_, context.value(value_number_) - context.value(minus_number_));
  }

 private:
  std::string tag_, value_, minus_;
  int value_number_ = 0, minus_number_ = 0;
};

}  // namespace

ASSAY_PLUGIN("plugin_name", "0.1.0", "MIT", PluginName)
