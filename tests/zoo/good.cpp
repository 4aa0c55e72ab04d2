// A sound plugin for the test to damage: it is truncated, patched, or gets bad permissions.
#include "assay/plugin.h"
#include "assay/schedule.h"

namespace {

class Good final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "good", .doc = "Works."};
  double value(std::int64_t /*count*/) const override { return 0.1; }
};

}  // namespace

ASSAY_PLUGIN("good", "1.0.0", "MIT", Good)
