// Hook `plugin_name`: sends the difference of two values to every logger. With test.loss and
// train.loss it shows how much better a model fits the rows that it was trained on.
//
//   tag     its name in the logs
//   value   the first value (default test.loss)
//   minus   the value to subtract from it (default train.loss)
//
//   hooks:
//     gap: {type: plugin_name, tag: Gap, every: 10}
#include "assay/hook.h"
#include "assay/plugin.h"

namespace {

class PluginName final : public assay::Hook {
 public:
  static constexpr assay::About about = {.name = "plugin_name",
                                         .doc = "Logs the difference of two values."};
  struct Options {
    assay::TagText tag;
    assay::ValueText value = {"test.loss"};
    assay::ValueText minus = {"train.loss"};
  };
  static constexpr auto table =
      assay::options(assay::required("tag", &Options::tag, "name in the logs"),
                     assay::option("value", &Options::value, "what to take"),
                     assay::option("minus", &Options::minus, "what to take from it"));

  explicit PluginName(const Options& options) : options_(options) {}

  void plan(assay::HookNeeds& needs) override {
    value_number_ = needs.value(options_.value.text, "value");
    minus_number_ = needs.value(options_.minus.text, "minus");
  }

  void run(assay::HookContext& context) override {
    context.scalar(options_.tag.text, context.value(value_number_) - context.value(minus_number_));
  }

 private:
  Options options_;
  int value_number_ = 0, minus_number_ = 0;
};

}  // namespace

ASSAY_PLUGIN("plugin_name", "0.1.0", "MIT", PluginName)
