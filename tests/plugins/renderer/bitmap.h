// Pictures as pixels.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "assay/renderer.h"

namespace assay::test {

using Pixel = std::array<std::uint8_t, 3>;  ///< red, green, blue

struct Bitmap {
  int width = 0;
  int height = 0;
  std::vector<Pixel> pixels;

  const Pixel& at(int x, int y) const {
    return pixels.at(static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                     static_cast<std::size_t>(x));
  }
  bool operator==(const Bitmap&) const = default;
};

/// Decodes with libpng, which checks every chunk. Throws for anything but a complete, opaque PNG.
Bitmap decode_png(std::span<const std::byte> bytes);
Bitmap read_png(const std::string& path);

/// Returns the drawing of a renderer in a box of a white surface of this size.
Bitmap draw(const Renderer& renderer, const Snapshot& snapshot, Size surface, const Box& box);
/// Draws at the natural size.
Bitmap draw(const Renderer& renderer, const Snapshot& snapshot);

}  // namespace assay::test
