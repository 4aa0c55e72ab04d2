// Makes Cairo's SVG reproducible.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace assay::picture {

/// Numbers the ids of a document in the order of their first use, and adjusts the links to them.
/// Cairo takes its numbers from a counter of the process (image2536 becomes image0).
std::vector<std::byte> number_ids(std::span<const std::byte> svg);

}  // namespace assay::picture
