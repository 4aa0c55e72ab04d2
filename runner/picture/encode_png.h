// Writes PNG files (ISO/IEC 15948), compressed by libdeflate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace assay::picture {

/// An opaque picture in the form of Cairo's RGB24 surfaces: a pixel is 0xXXRRGGBB in a uint32_t of
/// the machine's byte order. Borrowed.
struct Pixels {
  const unsigned char* data = nullptr;
  std::ptrdiff_t stride = 0;  ///< bytes from a row to the one below
  std::uint32_t width = 0;    ///< 1 to 2^31 - 1, like the height
  std::uint32_t height = 0;
};

/// Encodes a picture. Throws Error if there is not enough memory.
std::vector<std::byte> encode_png(const Pixels& pixels);

}  // namespace assay::picture
