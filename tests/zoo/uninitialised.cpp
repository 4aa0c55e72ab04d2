// A schedule with a member that is never initialized.
#include "assay/plugin.h"
#include "assay/schedule.h"

namespace {

class Schedule final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "uninitialised", .doc = "Forgets its factor."};
  Schedule() {}  // an implicit constructor would set the member to 0
  double value(std::int64_t /*count*/) const override { return double{factor_ * factor_}; }

 private:
  float factor_;
};

}  // namespace

ASSAY_PLUGIN("uninitialised", "1.0.0", "MIT", Schedule)
