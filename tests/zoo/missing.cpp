// A plugin that calls undefined functions: one of its own, one of a library that is not linked.
#include "assay/plugin.h"
#include "assay/schedule.h"

namespace forgotten {
double height(int where);
}
extern "C" double cairo_version_of_tomorrow(void);

namespace {

class Missing final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "missing", .doc = "Cannot be linked."};
  double value(std::int64_t /*count*/) const override {
    return forgotten::height(1) + cairo_version_of_tomorrow();
  }
};

}  // namespace

ASSAY_PLUGIN("missing", "1.0.0", "MIT", Missing)
