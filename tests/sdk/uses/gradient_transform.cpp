#include "assay/gradient_transform.h"

namespace {

using namespace assay;

struct Zero final : GradientTransform {
  void begin_step(std::int64_t, std::span<const double>) override {}
  void apply(const GradientSlice& slice) const override { slice.gradient[0] = 0; }
};

struct NoSlots final : Slots {
  int slot(std::string_view, float) override { return 0; }
};

}  // namespace

int main() {
  Zero zero;
  GradientTransform& transform = zero;
  NoSlots slots;
  transform.declare(slots);
  float g = 1;
  GradientSlice slice;
  slice.gradient = {&g, 1};
  transform.reduce(slice, {});
  transform.begin_step(slots.slot("slot", 0), {});
  transform.apply(slice);
  return transform.sums() == 0 && g == 0 && transform.kind == Kind::gradient_transform ? 0 : 1;
}
