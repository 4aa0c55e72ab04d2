// Built with -march=x86-64-v4: its static constructor needs AVX-512, and on a CPU without it ends
// the process with SIGILL.
#include <array>

#include "assay/plugin.h"
#include "assay/schedule.h"

namespace {

const std::array<double, 64> rates = [] {
  std::array<double, 64> values{};
  volatile double factor = 1.5;
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = factor * static_cast<double>(i);
  return values;
}();

class Table final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "avx512_table", .doc = "From a table."};
  double value(std::int64_t count) const override {
    return rates[static_cast<std::size_t>(count % 64)];
  }
};

}  // namespace

ASSAY_PLUGIN("avx512_at_load", "1.0.0", "MIT", Table)
