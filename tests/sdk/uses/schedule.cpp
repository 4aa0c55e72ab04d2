#include "assay/schedule.h"

namespace {

struct Constant final : assay::Schedule {
  double value(std::int64_t /*count*/) const override { return 0.5; }
};

}  // namespace

int main() {
  const Constant constant;
  const assay::Schedule& schedule = constant;
  return schedule.value(0) == 0.5 && schedule.kind == assay::Kind::schedule ? 0 : 1;
}
