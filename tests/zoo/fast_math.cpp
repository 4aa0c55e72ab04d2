// A sound plugin that is compiled and linked with -ffast-math: GCC then adds crtfastmath.o, whose
// constructor turns off denormal numbers in the thread that opens the library. The component's
// constructor also does so explicitly.
#include <cfenv>

#include "assay/plugin.h"
#include "assay/schedule.h"

namespace {

class FastMath final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "fast_math", .doc = "A tenth."};
  FastMath() {
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040U);  // FTZ and DAZ
#endif
    std::fesetround(FE_UPWARD);
  }
  double value(std::int64_t /*count*/) const override { return 0.1; }
};

}  // namespace

ASSAY_PLUGIN("fast_math", "1.0.0", "MIT", FastMath)
