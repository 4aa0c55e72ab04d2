// Finds values of a dataset that are NaN or infinite. Nothing can be learned from them, and one is
// enough to make all weights NaN.
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
  bool in_target = false;    ///< in the sample if false
  std::int64_t row = 0;      ///< of the dataset
  std::int64_t element = 0;  ///< of the row's sample or target
  float value = 0;
  Shape shape;            ///< of the sample or target
  std::int64_t rows = 1;  ///< the number of checked rows with such values
};

/// Describes the place: "the sample of row 77 of the dataset, counted from 0, is NaN in column 3".
std::string described(const NotFinite& found);

/// Checks the rows at these positions, one after the other; all rows if there are no positions.
/// Stops at the first row with such a value. Throws plugin_host::ComponentError if rows cannot be
/// read.
std::optional<NotFinite> find_not_finite(const Rows& rows, std::span<const std::int64_t> positions);

/// Checks the data in memory, including small files that are mapped into memory. Returns the first
/// row of the dataset with such a value.
std::optional<NotFinite> find_not_finite_in_memory(const Rows& rows);

}  // namespace assay::data
