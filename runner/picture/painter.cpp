#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assay/error.h"
#include "runner/picture/encode_png.h"
#include "runner/picture/picture.h"
#include "runner/picture/watched_context.h"

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

// Draws, and returns the context that was used.
Context draw(const Renderer& renderer, const Snapshot& snapshot, cairo_surface_t* surface,
             const Box& box) {
  require(cairo_surface_status(surface));
  Context cairo = watched_context(surface);
  cairo_paint(cairo.get());
  renderer.draw(snapshot, cairo.get(), box);
  require(cairo_status(cairo.get()));
  return cairo;
}

void draw(const Renderer& renderer, const Snapshot& snapshot, cairo_surface_t* surface,
          double width, double height) {
  draw(renderer, snapshot, surface, {.x = 0, .y = 0, .width = width, .height = height});
}

// Returns an opaque surface, so there is no alpha to divide by.
Surface image(double width, double height) {
  return own(cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width),
                                        static_cast<int>(height)));
}

// Returns the pixels as 0xRRGGBB, row by row.
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

// Cairo is C, so an exception must not pass through it.
cairo_status_t append(void* bytes, const unsigned char* data, unsigned size) {
  try {
    const auto* first = reinterpret_cast<const std::byte*>(data);
    static_cast<Bytes*>(bytes)->insert(static_cast<Bytes*>(bytes)->end(), first, first + size);
    return CAIRO_STATUS_SUCCESS;
  } catch (...) {
    return CAIRO_STATUS_NO_MEMORY;
  }
}

// Makes Cairo's SVG reproducible: numbers the ids of a document in the order of their first use,
// and adjusts the links to them. Cairo takes its numbers from a counter of the process (image2536
// becomes image0).
Bytes number_ids(const Bytes& svg) {
  constexpr std::array<std::string_view, 3> marks = {" id=\"", "href=\"#", "url(#"};
  const std::string_view text{reinterpret_cast<const char*>(svg.data()), svg.size()};
  Bytes result;
  result.reserve(svg.size());
  const auto copy = [&result](std::string_view part) {
    const auto* first = reinterpret_cast<const std::byte*>(part.data());
    result.insert(result.end(), first, first + part.size());
  };

  std::map<std::string_view, std::size_t> numbers;
  std::size_t done = 0;
  // Every id ends with one of these two characters; embedded images (base64) contain neither.
  for (std::size_t i = 0; (i = text.find_first_of("\"#", i)) != std::string_view::npos;) {
    const std::string_view before = text.substr(0, ++i);
    if (std::ranges::none_of(marks, [=](auto mark) { return before.ends_with(mark); })) continue;
    const std::string_view id = text.substr(i, text.find_first_of("\")", i) - i);
    copy(text.substr(done, i - done));
    copy(id.substr(0, id.find_first_of("0123456789")));
    copy(std::to_string(numbers.try_emplace(id, numbers.size()).first->second));
    done = i += id.size();
  }
  copy(text.substr(done));
  return result;
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
  // The same snapshot must give the same bytes, so the file gets no date.
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
    if (!(width >= 1 && height >= 1 && width <= largest && height <= largest))
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
    const Context cairo = picture::draw(renderer, snapshot, surface.get(), box);
    const std::string changed(what_changed(cairo.get()));
    return {size, pixels_of(surface.get()), changed};
  }
};

}  // namespace
}  // namespace assay::picture

extern "C" [[gnu::visibility("default")]] void assay_make_painter(
    std::unique_ptr<assay::picture::Painter>& painter) {
  painter = std::make_unique<assay::picture::CairoPainter>();
}
