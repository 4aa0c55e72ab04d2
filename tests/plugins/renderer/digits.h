// The values in the tutorial's figures.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/renderer.h"

namespace assay::test {

/// A snapshot that owns its values.
struct Digits {
  Shape shape{8, 8};
  std::vector<float> samples;
  std::vector<std::int32_t> targets;
  std::vector<float> outputs;  ///< [rows, 10], or empty
  std::vector<std::string_view> names{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

  RowsView view;  ///< of these

  /// Returns a snapshot that is valid as long as this object.
  Snapshot snapshot();
};

/// Returns the first rows of data/digits.csv.
Digits digits_in_order(std::int64_t rows);
/// Returns the first rows of the test split, with outputs that predict the same classes as JAX's
/// model after `step` ("1", "500", ... "3000").
Digits digits_predicted(std::int64_t rows, const std::string& step);

}  // namespace assay::test
