// Slots: numbers that the host keeps for every element of every parameter, for components that
// change gradients or weights (optimizer.h, gradient_transform.h).
#pragma once

#include <string_view>

#include "assay/version.h"

namespace assay {

class Slots {
 public:
  /// Declares one number per element of every parameter, e.g. a momentum. Returns the number of the
  /// slot: 0, 1, ... Throws Error for a name that is declared already or is not one line of text
  /// without '/', and for an initial value that is not finite.
  virtual int slot(std::string_view name, float initial) = 0;

 protected:
  ~Slots() = default;
};

}  // namespace assay
