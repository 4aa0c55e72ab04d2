// Finds out where a loss became NaN or infinite.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runner/train/network.h"

namespace assay::train {

/// "NaN" or "infinite".
std::string_view kind_of(double not_finite);

/// Says where the first value that is no finite number stands, from input to loss, for these rows
/// and the network's present weights: "the output of layer2 (Linear) is the first that is not
/// finite (row 17 of the batch)". `origin` is where the rows are counted: "the batch", "the split
/// test". Never empty.
std::string find_first_not_finite(Network& network, const RowSelection& rows, std::int64_t step,
                                  std::string_view origin);

}  // namespace assay::train
