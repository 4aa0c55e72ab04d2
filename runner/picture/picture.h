// Turns a renderer's drawing into the bytes of a picture file. The code is in a library of its own,
// opened by load_painter.h, so that a run without pictures never loads Cairo.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "assay/hook.h"
#include "assay/renderer.h"

namespace assay::picture {

/// The most pixels each way: Cairo's images cannot have more.
inline constexpr std::int64_t largest = 32767;
/// The most pixels in all: 256 MiB, which a run still draws and encodes in seconds.
inline constexpr std::int64_t most_pixels = std::int64_t{1} << 26;
/// Returns true if a picture can have this size.
constexpr bool possible(const Size& size) {
  return size.width >= 1 && size.height >= 1 && size.width <= largest && size.height <= largest &&
         size.width * size.height <= most_pixels;
}

/// A drawing as pixels, for looking at.
struct Drawing {
  Size size;
  std::vector<std::uint32_t> pixels;  ///< 0xRRGGBB, row by row from the top
  std::string changed;  ///< of Cairo's state: "the matrix", "the clip", ...; empty: nothing
};

class Painter {
 public:
  virtual ~Painter() = default;

  /// A whole file: the renderer's drawing on white, `scale` times its natural size. A pixel of the
  /// natural size is 1/100 inch in a PDF, one pixel elsewhere. PNGs are 24-bit RGB. The same
  /// snapshot gives the same bytes.
  /// Throws Error, and whatever the renderer throws: call it through the guard of its plugin.
  virtual std::vector<std::byte> paint(const Renderer& renderer, const Snapshot& snapshot,
                                       PictureFormat format, double scale) const = 0;

  /// The renderer's drawing in a part of a larger, white surface. Throws like paint().
  virtual Drawing draw(const Renderer& renderer, const Snapshot& snapshot, const Size& surface,
                       const Box& box) const = 0;
};

inline constexpr const char* library_name = "libassay-picture.so";
inline constexpr const char* make_painter_symbol = "assay_make_painter";
/// The entry of the library that makes a painter.
using MakePainter = void (*)(std::unique_ptr<Painter>& painter);

}  // namespace assay::picture
