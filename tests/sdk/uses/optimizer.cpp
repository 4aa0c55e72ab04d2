#include "assay/optimizer.h"

namespace {

using namespace assay;

struct Still final : Optimizer {
  void begin_step(std::int64_t /*count*/, std::span<double> /*scalars*/) override {}
  void update(const UpdateSlice& slice) const override {
    if (slice.role == Role::kernel) slice.values[0] = slice.slots[0][0];
  }
};

struct State final : OptimizerState {
  int slot(std::string_view, float) override { return 0; }
  int scalar(std::string_view, double) override { return 0; }
};

}  // namespace

int main() {
  Still still;
  Optimizer& optimizer = still;
  State state;
  optimizer.declare(state);
  optimizer.begin_step(state.slot("slot", 0) + state.scalar("scalar", 0), {});
  optimizer.update({});
  return optimizer.elementwise() && optimizer.kind == Kind::optimizer ? 0 : 1;
}
