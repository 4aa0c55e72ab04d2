// Hook `scalar`: sends one value to every logger.
//
//   tag     its name in the logs; may hold ${step} and ${epoch}
//   value   what to log: a metric of a split (test.loss, validation.accuracy, train.loss, ...), or
//           batch.loss, batch.gradient_norm, epoch.loss, optimizer.learning_rate
//
//   hooks:
//     loss: {type: scalar, tag: Loss, value: test.loss, every: 1}
#include "assay/hook.h"
#include "assay/plugin.h"

namespace {

class Scalar final : public assay::Hook {
 public:
  static constexpr assay::About about = {.name = "scalar",
                                         .doc = "Sends one value to every logger."};
  struct Options {
    assay::TagText tag;
    assay::ValueText value;
  };
  static constexpr auto table = assay::options(
      assay::required("tag", &Options::tag, "name in the logs"),
      assay::required("value", &Options::value,
                      "a metric of a split (test.loss, train.accuracy, eval.loss, ...), or "
                      "batch.loss, batch.gradient_norm, epoch.loss, optimizer.learning_rate"));

  explicit Scalar(const Options& options) : options_(options) {}

  void plan(assay::HookNeeds& needs) override {
    number_ = needs.value(options_.value.text, "value");
  }
  void run(assay::HookContext& context) override {
    context.scalar(options_.tag.text, context.value(number_));
  }

 private:
  Options options_;
  int number_ = 0;
};

}  // namespace

ASSAY_COMPONENT(Scalar)
