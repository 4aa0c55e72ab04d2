// The floating-point mode of a thread: rounding, traps, and what becomes of denormal numbers. It is
// the host's. A library that was linked with -ffast-math changes it in the thread that opens it
// (GCC's crtfastmath.o), and threads inherit it, so that all that is computed afterwards differs.
#pragma once

#include <cfenv>

namespace assay::plugin_host {

/// The calling thread has the mode again that it had, when this ends.
class KeptFloatingPointMode {
 public:
  KeptFloatingPointMode() { std::fegetenv(&mode_); }
  KeptFloatingPointMode(const KeptFloatingPointMode&) = delete;
  KeptFloatingPointMode& operator=(const KeptFloatingPointMode&) = delete;
  ~KeptFloatingPointMode() { std::fesetenv(&mode_); }

 private:
  std::fenv_t mode_;
};

/// Whether results round to nearest and denormal numbers are kept, as IEEE 754 has it by default.
bool computes_by_default_rules();

}  // namespace assay::plugin_host
