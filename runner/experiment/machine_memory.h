// Compares the memory that an experiment is about to take with the available memory, before it
// allocates any: a process that exceeds its limit is killed without a message.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "runner/base/machine_share.h"

namespace assay::experiment {

class MemoryBudget {
 public:
  /// Asks for the limit of this process and for the memory that it already holds.
  MemoryBudget();
  MemoryBudget(base::Share given, double held) : given_(std::move(given)), taken_(held) {}

  /// Records that `bytes` more will be held. If that is too much, throws assay::Error. Its message
  /// begins with `what`: "1000 parameters need 1.2 GB for weights and gradients"; `advice` says
  /// what to change in the config.
  void take(double bytes, std::string_view what, std::string_view advice);
  /// Throws the same if this much more does not fit, and records nothing.
  void check(double bytes, std::string_view what, std::string_view advice) const;

  /// Returns the limit.
  const base::Share& given() const { return given_; }

 private:
  base::Share given_;
  double taken_;
};

/// Describes the limit: "this machine has 8.4 GB", "`ulimit -v` allows 470 MB".
std::string described(const base::Share& memory);

/// Returns a number of bytes in readable form: "1.2 GB".
std::string gigabytes(double bytes);

}  // namespace assay::experiment
