// Checks the shapes that a component declares, before any code computes with them.
#pragma once

#include <cstdint>
#include <optional>

#include "assay/tensor.h"

namespace assay::base {

/// Returns the number of elements in `count` arrays of this shape. Returns nothing if a dimension
/// is below 1, or if there are more than 2^56 elements, whose bytes would overflow a size.
/// (Shape::elements() turns two negative dimensions into a positive number, and overflows.)
std::optional<std::int64_t> elements(const Shape& shape, std::int64_t count = 1);

}  // namespace assay::base
