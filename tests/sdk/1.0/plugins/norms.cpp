// Hook `norms`: logs the L2 norms of every weight and of its gradient, before and after gradient
// transforms such as clipping.
//   hooks: {norms: {type: norms, every: 100}}
#include <cmath>
#include <string>

#include "assay/hook.h"
#include "assay/plugin.h"

namespace {
double norm(std::span<const float> values) {
  double squares = 0;
  for (const float value : values) squares += double{value} * double{value};
  return std::sqrt(squares);
}

class Norms final : public assay::Hook {
 public:
  static constexpr assay::About about = {.name = "norms", .doc = "Norms of weights, gradients."};

  void plan(assay::HookNeeds& needs) override {
    needs.gradients();
    needs.raw_gradients();
  }
  void run(assay::HookContext& context) override {
    for (const assay::ParameterView& weight : context.weights())
      context.scalar("weights/" + std::string(weight.name), norm(weight.values));
    for (const assay::ParameterView& gradient : context.gradients())
      context.scalar("gradients/" + std::string(gradient.name), norm(gradient.values));
    for (const assay::ParameterView& gradient : context.raw_gradients())
      context.scalar("raw_gradients/" + std::string(gradient.name), norm(gradient.values));
  }
};
}  // namespace
ASSAY_PLUGIN("norms", "0.1.0", "MIT", Norms)
