#include "runner/experiment/machine_memory.h"

#include <fmt/format.h>

#include "assay/error.h"

namespace assay::experiment {

MemoryBudget::MemoryBudget()
    : given_(base::memory_given()), taken_(static_cast<double>(base::memory_held().value_or(0))) {}

void MemoryBudget::take(double bytes, std::string_view what, std::string_view advice) {
  check(bytes, what, advice);
  taken_ += bytes;
}

void MemoryBudget::check(double bytes, std::string_view what, std::string_view advice) const {
  if (taken_ + bytes <= static_cast<double>(given_.amount)) return;
  const bool alone = bytes > static_cast<double>(given_.amount);
  throw Error(fmt::format("{}{}, and {}; {}{}{}", what,
                          alone ? "" : fmt::format(", besides {} held already", gigabytes(taken_)),
                          described(given_), advice, given_.remedy.empty() ? "" : ", or ",
                          given_.remedy));
}

std::string described(const base::Share& memory) {
  const std::string amount = gigabytes(static_cast<double>(memory.amount));
  if (memory.limit == "the machine") return "this machine has " + amount;
  return fmt::format("{} allows {}", memory.limit, amount);
}

std::string gigabytes(double bytes) {
  if (bytes < 1e9) return fmt::format("{:.0f} MB", bytes / 1e6);
  if (bytes < 1e15) return fmt::format("{:.1f} GB", bytes / 1e9);
  return fmt::format("{:.3g} GB", bytes / 1e9);
}

}  // namespace assay::experiment
