// Writes PNG files (ISO/IEC 15948) with libpng.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace assay::picture {

/// `rgb` holds the rows from the top, three bytes a pixel. Throws Error.
std::vector<std::byte> encode_png(std::span<const std::uint8_t> rgb, std::uint32_t width,
                                  std::uint32_t height);

}  // namespace assay::picture
