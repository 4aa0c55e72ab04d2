#include "runner/plugin_host/floating_point.h"

#include <limits>

namespace assay::plugin_host {

bool computes_by_default_rules() {
  volatile float least_normal = std::numeric_limits<float>::min();
  volatile float denormal = least_normal / 2;
  return denormal > 0 && std::fegetround() == FE_TONEAREST;
}

}  // namespace assay::plugin_host
