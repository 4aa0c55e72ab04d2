// A schedule that counts beyond the largest int. It is built with a sanitizer that detects that.
#include <limits>

#include "assay/plugin.h"
#include "assay/schedule.h"

namespace {

class Schedule final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "undefined", .doc = "Counts too far."};
  double value(std::int64_t /*count*/) const override {
    volatile int largest = std::numeric_limits<int>::max();
    return largest + 1;
  }
};

}  // namespace

ASSAY_PLUGIN("undefined", "1.0.0", "MIT", Schedule)
