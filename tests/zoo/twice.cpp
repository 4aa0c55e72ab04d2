// A source file of a pack; the build links it twice.
#include "assay/plugin.h"
#include "assay/schedule.h"

namespace {

class Twice final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "twice", .doc = "Would work if it were alone."};
  double value(std::int64_t /*count*/) const override { return 0.1; }
};

}  // namespace
ASSAY_COMPONENT(Twice)
