#include "tests/plugins/renderer/bitmap.h"

#include <cairo.h>
#include <png.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

namespace assay::test {

Bitmap decode_png(std::span<const std::byte> bytes) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0)
    throw std::runtime_error(image.message);
  image.format = PNG_FORMAT_RGBA;
  std::vector<std::uint8_t> rgba(PNG_IMAGE_SIZE(image));
  if (png_image_finish_read(&image, nullptr, rgba.data(), 0, nullptr) == 0 ||
      image.warning_or_error != 0)
    throw std::runtime_error(image.message);
  Bitmap bitmap{static_cast<int>(image.width), static_cast<int>(image.height), {}};
  for (std::size_t i = 0; i < rgba.size(); i += 4) {
    if (rgba[i + 3] != 255) throw std::runtime_error("not opaque");
    bitmap.pixels.push_back({rgba[i], rgba[i + 1], rgba[i + 2]});
  }
  return bitmap;
}

Bitmap read_png(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  return decode_png(std::as_bytes(std::span(bytes)));
}

Bitmap draw(const Renderer& renderer, const Snapshot& snapshot, Size size, const Box& box) {
  Bitmap bitmap{static_cast<int>(size.width), static_cast<int>(size.height), {}};
  const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, bitmap.width, bitmap.height),
      &cairo_surface_destroy);
  const std::unique_ptr<cairo_t, decltype(&cairo_destroy)> cairo(cairo_create(surface.get()),
                                                                 &cairo_destroy);
  cairo_set_source_rgb(cairo.get(), 1, 1, 1);
  cairo_paint(cairo.get());
  renderer.draw(snapshot, cairo.get(), box);

  cairo_matrix_t matrix;
  cairo_get_matrix(cairo.get(), &matrix);
  if (matrix.xx != 1 || matrix.x0 != 0 || cairo_get_line_width(cairo.get()) != 2)
    throw std::runtime_error("the renderer left Cairo in another state");
  if (cairo_status(cairo.get()) != CAIRO_STATUS_SUCCESS)
    throw std::runtime_error(cairo_status_to_string(cairo_status(cairo.get())));

  cairo_surface_flush(surface.get());
  const unsigned char* data = cairo_image_surface_get_data(surface.get());
  const int stride = cairo_image_surface_get_stride(surface.get());
  for (int y = 0; y < bitmap.height; ++y)
    for (int x = 0; x < bitmap.width; ++x) {
      std::uint32_t pixel = 0;
      std::memcpy(&pixel, data + std::ptrdiff_t{y} * stride + std::ptrdiff_t{4} * x, sizeof pixel);
      bitmap.pixels.push_back({static_cast<std::uint8_t>(pixel >> 16),
                               static_cast<std::uint8_t>(pixel >> 8),
                               static_cast<std::uint8_t>(pixel)});
    }
  return bitmap;
}

Bitmap draw(const Renderer& renderer, const Snapshot& snapshot) {
  const Size size = renderer.size();
  return draw(renderer, snapshot, size,
              {0, 0, static_cast<double>(size.width), static_cast<double>(size.height)});
}

}  // namespace assay::test
