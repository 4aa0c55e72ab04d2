// The host as a component sees it. A component that wants more of it than its options takes it as
// the last argument of its constructor:
//
//   explicit Mine(const assay::Host& host)                          // without options
//   Mine(const Options& options, const assay::Host& host)
#pragma once

#include "assay/instruction_set.h"

namespace assay {

/// Lives longer than the component.
class Host {
 public:
  /// Returns the instructions to use: see instruction_set.h.
  virtual InstructionSet instruction_set() const = 0;

 protected:
  ~Host() = default;
};

}  // namespace assay
