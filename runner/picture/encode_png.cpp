#include "runner/picture/encode_png.h"

#include <png.h>

#include <csetjmp>
#include <string>
#include <utility>

#include "assay/error.h"

namespace assay::picture {
namespace {

// For a sheet of digits, a third of the time of libpng's defaults for a file 4 % larger.
constexpr int compression_level = 3;
constexpr int row_filter = PNG_FILTER_PAETH;

struct Output {
  std::vector<std::byte> bytes;
  std::string error;
};

// libpng is C: an exception must not pass through it.
void append(png_structp png, png_bytep data, std::size_t size) {
  auto& bytes = static_cast<Output*>(png_get_io_ptr(png))->bytes;
  const auto* first = reinterpret_cast<const std::byte*>(data);
  bool appended = true;
  try {
    bytes.insert(bytes.end(), first, first + size);
  } catch (...) {
    appended = false;
  }
  if (!appended) png_error(png, "out of memory");
}

void fail(png_structp png, png_const_charp message) {
  static_cast<Output*>(png_get_error_ptr(png))->error = message;
  png_longjmp(png, 1);
}

void ignore(png_structp, png_const_charp) {}

// No object with a destructor here: longjmp skips it.
bool write(png_structp png, png_infop info, const std::uint8_t* rgb, std::uint32_t width,
           std::uint32_t height) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_compression_level(png, compression_level);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, row_filter);
  png_write_info(png, info);
  for (std::uint32_t y = 0; y < height; ++y) png_write_row(png, rgb + std::size_t{3} * width * y);
  png_write_end(png, info);
  return true;
}

}  // namespace

std::vector<std::byte> encode_png(std::span<const std::uint8_t> rgb, std::uint32_t width,
                                  std::uint32_t height) {
  Output output;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &output, fail, ignore);
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
  bool written = false;
  if (info != nullptr) {
    png_set_write_fn(png, &output, append, nullptr);
    written = write(png, info, rgb.data(), width, height);
  }
  png_destroy_write_struct(&png, &info);
  if (!written)
    throw Error("cannot encode a PNG of " + std::to_string(width) + "x" + std::to_string(height) +
                " pixels: " + (output.error.empty() ? "out of memory" : output.error));
  return std::move(output.bytes);
}

}  // namespace assay::picture
