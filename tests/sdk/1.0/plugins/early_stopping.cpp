// Hook `early_stopping`: ends a run whose value no longer improves, and restores the best weights.
//   hooks: {patience: {type: early_stopping, value: validation.loss, patience: 5, every: 10}}
#include <limits>
#include <string>

#include "assay/acts.h"
#include "assay/hook.h"
#include "assay/plugin.h"
#include "assay/state.h"

namespace {
class EarlyStopping final : public assay::Hook, public assay::Acts, public assay::Stateful {
 public:
  static constexpr assay::About about = {.name = "early_stopping",
                                         .doc = "Ends a run that no longer improves."};
  struct Options {
    assay::ValueText value;
    std::int64_t patience = 10;
  };
  static constexpr auto table = assay::options(
      assay::required("value", &Options::value, "what should become small"),
      assay::option("patience", &Options::patience, "checks without a better one", {.minimum = 1}));
  explicit EarlyStopping(const Options& options) : options_(options) {}
  void plan(assay::HookNeeds& needs) override { needs.value(options_.value.text, "value"); }
  void declare_state(assay::State& state) override {
    best_ = &state.number("best", std::numeric_limits<double>::infinity());
    checks_ = &state.integer("checks_since", 0);
  }
  void run(assay::HookContext& context) override {
    const double value = context.value(0);
    improved_ = value < *best_;
    *checks_ = improved_ ? 0 : *checks_ + 1;
    if (improved_) *best_ = value;
  }
  void act(assay::Actions& actions) override {
    if (improved_) actions.save("best");
    if (*checks_ < options_.patience) return;
    actions.restore("best");
    actions.stop(std::string(options_.value.text) + " has not improved for " +
                 std::to_string(*checks_) + " checks");
  }

 private:
  Options options_;
  double* best_ = nullptr;
  std::int64_t* checks_ = nullptr;
  bool improved_ = false;
};
}  // namespace
ASSAY_PLUGIN("early_stopping", "0.1.0", "MIT", EarlyStopping)
