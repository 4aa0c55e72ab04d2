// A plugin with a separate library (ON, set by the build) that calls an undefined function.
#include "assay/plugin.h"
#include "assay/schedule.h"

int ON();
int missing_one();

namespace {

class Leaning final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "leaning", .doc = "Cannot be linked."};
  double value(std::int64_t /*count*/) const override { return ON() + missing_one(); }
};

}  // namespace

ASSAY_PLUGIN("leaning", "1.0.0", "MIT", Leaning)
