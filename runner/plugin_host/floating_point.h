// The floating-point mode of a thread: rounding, traps, and the treatment of denormal numbers. It
// belongs to the host. A library that was linked with -ffast-math changes it in the thread that
// opens the library (GCC's crtfastmath.o), and new threads inherit it, so all later results differ.
#pragma once

#include <cfenv>

namespace assay::plugin_host {

/// Restores the floating-point mode of the calling thread on destruction.
class KeptFloatingPointMode {
 public:
  KeptFloatingPointMode() { std::fegetenv(&mode_); }
  KeptFloatingPointMode(const KeptFloatingPointMode&) = delete;
  KeptFloatingPointMode& operator=(const KeptFloatingPointMode&) = delete;
  ~KeptFloatingPointMode() { std::fesetenv(&mode_); }

 private:
  std::fenv_t mode_;
};

/// Returns true if results round to nearest and denormal numbers are kept, the default of IEEE 754.
bool computes_by_default_rules();

}  // namespace assay::plugin_host
