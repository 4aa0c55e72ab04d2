// Hook `scalar`: sends one value to every logger.
//
//   tag     its name in the logs; may hold ${step} and ${epoch}
//   value   what to log: a metric of a split (test.loss, validation.accuracy, train.loss, ...), or
//           batch.loss, batch.gradient_norm, epoch.loss, optimizer.learning_rate
//
//   hooks:
//     loss: {type: scalar, tag: Loss, value: test.loss, every: 1}
#include <string>

#include "assay/hook.h"
#include "assay/plugin.h"

namespace {

class Scalar final : public assay::Hook {
 public:
  static constexpr assay::About about = {.name = "scalar",
                                         .doc = "Sends one value to every logger."};
  static constexpr assay::Parameter parameters[] = {
      {.name = "tag", .type = assay::ParameterType::text, .doc = "name in the logs"},
      {.name = "value",
       .type = assay::ParameterType::text,
       .doc = "a metric of a split (test.loss, train.accuracy, eval.loss, ...), or batch.loss, "
              "batch.gradient_norm, epoch.loss, optimizer.learning_rate"},
  };

  explicit Scalar(const assay::Options& options)
      : tag_(options.text("tag")), value_(options.text("value")) {}

  void plan(assay::HookNeeds& needs) override { number_ = needs.value(value_, "value"); }
  void run(assay::HookContext& context) override { context.scalar(tag_, context.value(number_)); }

 private:
  std::string tag_;
  std::string value_;
  int number_ = 0;
};

}  // namespace

ASSAY_PLUGIN("scalar", "1.0.0", "MIT", Scalar)
