// What a component says of its arrays, before anybody counts with it.
#pragma once

#include <cstdint>
#include <optional>

#include "assay/tensor.h"

namespace assay::data {

/// `count` arrays of this shape, in elements. Nothing where that cannot be: a dimension below 1, or
/// more than 2^56 elements, whose bytes nobody could count. (Shape::elements() takes two negative
/// dimensions for a positive number, and overflows.)
std::optional<std::int64_t> elements(const Shape& shape, std::int64_t count = 1);

}  // namespace assay::data
