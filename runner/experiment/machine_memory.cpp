#include "runner/experiment/machine_memory.h"

#include <fmt/format.h>
#include <unistd.h>

#include "assay/error.h"

namespace assay::experiment {
namespace {

double memory_of_this_machine() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace

void check_rows_fit(std::int64_t rows) {
  const double needed = 2 * static_cast<double>(rows) * sizeof(std::int64_t);
  const double there = memory_of_this_machine();
  if (needed > there)
    throw Error(
        fmt::format("of {} rows the order alone takes {:.3g} GB, and this machine has {:.3g} GB",
                    rows, needed / 1e9, there / 1e9));
}

void check_parameters_fit(std::int64_t parameters, std::int64_t lanes) {
  const double needed =
      static_cast<double>(parameters) * static_cast<double>(lanes + 1) * sizeof(float);
  const double there = memory_of_this_machine();
  if (needed > there)
    throw Error(
        fmt::format("{} parameters need {:.1f} GB for weights and gradients, this machine "
                    "has {:.1f} GB; make the layers narrower",
                    parameters, needed / 1e9, there / 1e9));
}

}  // namespace assay::experiment
