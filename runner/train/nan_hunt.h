// Finds the place where a loss became NaN or infinite.
#pragma once

#include <cstdint>
#include <string>

#include "runner/train/network.h"

namespace assay::train {

struct Trace {
  std::string text;      ///< "the output of layer2 (Linear) is the first that is not finite"
  bool in_data = false;  ///< the dataset itself holds such a value, so training is not the cause
};

/// Finds the first value that is not finite, from data to loss, for these rows and the network's
/// current weights. The text counts rows as the dataset does.
Trace find_first_not_finite(Network& network, const RowSelection& rows, std::int64_t step);

}  // namespace assay::train
