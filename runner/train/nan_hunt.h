// Finds out where a loss became NaN or infinite.
#pragma once

#include <cstdint>
#include <string>

#include "runner/train/network.h"

namespace assay::train {

struct Trace {
  std::string text;      ///< "the output of layer2 (Linear) is the first that is not finite"
  bool in_data = false;  ///< the dataset itself holds such a value, so training is not the cause
};

/// Says where the first value that is no finite number stands, from data to loss, for these rows
/// and the network's present weights. Rows are those of the dataset.
Trace find_first_not_finite(Network& network, const RowSelection& rows, std::int64_t step);

}  // namespace assay::train
