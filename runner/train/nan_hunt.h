// Finds the place where a loss became NaN or infinite.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "runner/data/rows.h"
#include "runner/train/network.h"
#include "runner/train/transforms.h"

namespace assay::train {

struct Trace {
  std::string text;      ///< "the output of layer2 (Linear) is the first that is not finite"
  bool in_data = false;  ///< the dataset itself holds such a value, so training is not the cause
  bool in_transform = false;  ///< nor is it here: a transform makes the value from finite ones
};

/// A sample that is not finite, in the dataset or as a transform leaves it.
struct BadSample {
  std::string text;  ///< "the sample of row 7 ... is NaN in column 3 as transform log leaves it"
  std::optional<std::size_t> transform;  ///< its number; nothing if the dataset holds the value
};

/// Follows the sample at this position of the rows through the first `count` transforms, as `block`
/// of one row. Returns nothing if it is finite all the way.
std::optional<BadSample> find_bad_sample(const Transforms& transforms, std::size_t count,
                                         const Transforms::Block& block, const data::Rows& rows,
                                         std::int64_t position);

/// Finds the first value that is not finite, from data to loss, for these rows and the network's
/// current weights. The text counts rows as the dataset does.
Trace find_first_not_finite(Network& network, const RowSelection& rows, std::int64_t step);

}  // namespace assay::train
