// Values of a dataset that are NaN or infinite: nothing can be learned from them, and one is enough
// to make all weights NaN.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runner/data/rows.h"

namespace assay::data {

/// Returns "NaN" or "infinite".
std::string_view kind_of(double not_finite);

struct NotFinite {
  bool in_target = false;    ///< else in the sample
  std::int64_t row = 0;      ///< of the dataset
  std::int64_t element = 0;  ///< of the row's sample or target
  float value = 0;
  Shape shape;            ///< of the sample or target
  std::int64_t rows = 1;  ///< how many rows have such values, as far as they were looked at
};

/// Says where it is: "the sample of row 77 of the dataset, counted from 0, is NaN in column 3".
std::string described(const NotFinite& found);

/// Looks at the rows at these positions, one after the other; at all rows for no positions. Stops
/// at the first row with such a value. Throws plugin_host::ComponentError where rows cannot be
/// read.
std::optional<NotFinite> find_not_finite(const Rows& rows, std::span<const std::int64_t> positions);

/// Looks at what was read into memory, and at files that show their rows if they are small. Returns
/// the first row of the dataset with such a value.
std::optional<NotFinite> find_not_finite_in_memory(const Rows& rows);

}  // namespace assay::data
