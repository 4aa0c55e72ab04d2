// The memory that an experiment may take, compared with what it is about to take before any of it
// is asked for: a process that takes more than it was given is killed without a word.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runner/base/machine_share.h"

namespace assay::experiment {

class MemoryBudget {
 public:
  /// Asks what this process was given and what it holds already.
  MemoryBudget();

  /// Notes that `bytes` more will be held. `what` begins the message if that is too much: "1000
  /// parameters need 1.2 GB for weights and gradients"; `advice` says what to change in the config.
  /// Throws assay::Error.
  void take(double bytes, std::string_view what, std::string_view advice);
  /// Throws the same where so much more does not fit, and notes nothing.
  void check(double bytes, std::string_view what, std::string_view advice) const;

 private:
  base::Share given_;
  double taken_;
};

/// Says what is given: "this machine has 8.4 GB", "`ulimit -v` allows 470 MB".
std::string described(const base::Share& memory);

/// Returns a number of bytes for people: "1.2 GB".
std::string gigabytes(double bytes);

}  // namespace assay::experiment
