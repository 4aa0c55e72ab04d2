#include "assay/optimizer.h"

namespace {

using namespace assay;

struct Still final : Optimizer {
  void begin_step(std::int64_t /*count*/) override {}
  void update(const UpdateSlice& slice) const override {
    if (slice.role == Role::kernel) slice.values[0] = slice.slots[0][0];
  }
};

struct NoSlots final : Slots {
  int slot(std::string_view, float) override { return 0; }
};

}  // namespace

int main() {
  Still still;
  Optimizer& optimizer = still;
  NoSlots slots;
  optimizer.declare(slots);
  optimizer.begin_step(slots.slot("slot", 0));
  optimizer.update({});
  return optimizer.elementwise() && optimizer.kind == Kind::optimizer ? 0 : 1;
}
