#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "assay/error.h"
#include "runner/picture/encode_png.h"
#include "runner/picture/number_ids.h"
#include "runner/picture/picture.h"

namespace assay::picture {
namespace {

constexpr double points_per_pixel = 72.0 / 100;

using Surface = std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)>;
using Bytes = std::vector<std::byte>;

Surface own(cairo_surface_t* surface) { return {surface, &cairo_surface_destroy}; }

void require(cairo_status_t status) {
  if (status != CAIRO_STATUS_SUCCESS)
    throw Error(std::string("cannot draw the picture: Cairo says: ") +
                cairo_status_to_string(status));
}

// What a renderer might leave changed.
bool same_state(cairo_t* a, cairo_t* b) {
  cairo_matrix_t of_a, of_b;
  cairo_get_matrix(a, &of_a);
  cairo_get_matrix(b, &of_b);
  std::array<double, 4> clip_a{}, clip_b{};
  cairo_clip_extents(a, &clip_a[0], &clip_a[1], &clip_a[2], &clip_a[3]);
  cairo_clip_extents(b, &clip_b[0], &clip_b[1], &clip_b[2], &clip_b[3]);
  return of_a.xx == of_b.xx && of_a.yx == of_b.yx && of_a.xy == of_b.xy && of_a.yy == of_b.yy &&
         of_a.x0 == of_b.x0 && of_a.y0 == of_b.y0 && clip_a == clip_b &&
         cairo_get_line_width(a) == cairo_get_line_width(b) &&
         cairo_get_operator(a) == cairo_get_operator(b);
}

// Whether Cairo's state was left as it was.
bool draw(const Renderer& renderer, const Snapshot& snapshot, cairo_surface_t* surface,
          const Box& box) {
  require(cairo_surface_status(surface));
  using Context = std::unique_ptr<cairo_t, decltype(&cairo_destroy)>;
  const Context cairo(cairo_create(surface), &cairo_destroy);
  cairo_set_source_rgb(cairo.get(), 1, 1, 1);
  cairo_paint(cairo.get());
  renderer.draw(snapshot, cairo.get(), box);
  require(cairo_status(cairo.get()));
  const Context fresh(cairo_create(surface), &cairo_destroy);
  return same_state(cairo.get(), fresh.get());
}

void draw(const Renderer& renderer, const Snapshot& snapshot, cairo_surface_t* surface,
          double width, double height) {
  draw(renderer, snapshot, surface, {.x = 0, .y = 0, .width = width, .height = height});
}

// Opaque, so there is no alpha to divide by.
Surface image(double width, double height) {
  return own(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width),
                                        static_cast<int>(height)));
}

// 0xRRGGBB, row by row.
std::vector<std::uint32_t> pixels_of(cairo_surface_t* surface) {
  cairo_surface_flush(surface);
  const int columns = cairo_image_surface_get_width(surface);
  const int rows = cairo_image_surface_get_height(surface);
  const int stride = cairo_image_surface_get_stride(surface);
  const unsigned char* data = cairo_image_surface_get_data(surface);
  std::vector<std::uint32_t> pixels(static_cast<std::size_t>(columns) *
                                    static_cast<std::size_t>(rows));
  for (std::size_t y = 0; y < static_cast<std::size_t>(rows); ++y)
    std::memcpy(&pixels[y * static_cast<std::size_t>(columns)],
                data + y * static_cast<std::size_t>(stride),
                static_cast<std::size_t>(columns) * sizeof(std::uint32_t));
  for (std::uint32_t& pixel : pixels) pixel &= 0xffffff;  // 0xXXRRGGBB in the machine's byte order
  return pixels;
}

Bytes paint_png(const Renderer& renderer, const Snapshot& snapshot, double width, double height) {
  const Surface surface = image(width, height);
  draw(renderer, snapshot, surface.get(), width, height);
  cairo_surface_flush(surface.get());
  return encode_png({cairo_image_surface_get_data(surface.get()),
                     cairo_image_surface_get_stride(surface.get()),
                     static_cast<std::uint32_t>(cairo_image_surface_get_width(surface.get())),
                     static_cast<std::uint32_t>(cairo_image_surface_get_height(surface.get()))});
}

// Cairo is C: an exception must not pass through it.
cairo_status_t append(void* bytes, const unsigned char* data, unsigned size) {
  try {
    const auto* first = reinterpret_cast<const std::byte*>(data);
    static_cast<Bytes*>(bytes)->insert(static_cast<Bytes*>(bytes)->end(), first, first + size);
    return CAIRO_STATUS_SUCCESS;
  } catch (...) {
    return CAIRO_STATUS_NO_MEMORY;
  }
}

Bytes paint_svg(const Renderer& renderer, const Snapshot& snapshot, double width, double height) {
  Bytes bytes;
  const Surface surface = own(cairo_svg_surface_create_for_stream(append, &bytes, width, height));
  cairo_svg_surface_set_document_unit(surface.get(), CAIRO_SVG_UNIT_PX);
  draw(renderer, snapshot, surface.get(), width, height);
  cairo_surface_finish(surface.get());
  require(cairo_surface_status(surface.get()));
  return number_ids(bytes);
}

Bytes paint_pdf(const Renderer& renderer, const Snapshot& snapshot, double width, double height) {
  Bytes bytes;
  const Surface surface = own(cairo_pdf_surface_create_for_stream(
      append, &bytes, width * points_per_pixel, height * points_per_pixel));
  // The same snapshot gives the same bytes: no date.
  cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_CREATE_DATE, "");
  draw(renderer, snapshot, surface.get(), width * points_per_pixel, height * points_per_pixel);
  cairo_surface_finish(surface.get());
  require(cairo_surface_status(surface.get()));
  return bytes;
}

class CairoPainter final : public Painter {
 public:
  Bytes paint(const Renderer& renderer, const Snapshot& snapshot, PictureFormat format,
              double scale) const override {
    const double width = std::round(scale * static_cast<double>(renderer.size().width));
    const double height = std::round(scale * static_cast<double>(renderer.size().height));
    if (!(width >= 1 && height >= 1 && width <= 32767 && height <= 32767))
      throw Error("a picture has 1 to 32767 pixels each way");
    switch (format) {
      case PictureFormat::png: return paint_png(renderer, snapshot, width, height);
      case PictureFormat::svg: return paint_svg(renderer, snapshot, width, height);
      case PictureFormat::pdf: return paint_pdf(renderer, snapshot, width, height);
    }
    throw Error("no such picture format");
  }

  Drawing draw(const Renderer& renderer, const Snapshot& snapshot, const Size& size,
               const Box& box) const override {
    const Surface surface =
        image(static_cast<double>(size.width), static_cast<double>(size.height));
    const bool kept = picture::draw(renderer, snapshot, surface.get(), box);
    return {size, pixels_of(surface.get()), kept};
  }
};

}  // namespace
}  // namespace assay::picture

extern "C" [[gnu::visibility("default")]] std::unique_ptr<assay::picture::Painter>
assay_make_painter() {
  return std::make_unique<assay::picture::CairoPainter>();
}
