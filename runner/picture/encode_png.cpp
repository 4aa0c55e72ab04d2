#include "runner/picture/encode_png.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "assay/error.h"

namespace assay::picture {
namespace {

// With the filter below, files are as large as matplotlib's, in the least time
// (docs/performance.md).
constexpr int compression_level = 4;

constexpr std::size_t pixel_bytes = 3;
using Bytes = std::vector<std::byte>;

void append(Bytes& to, std::string_view text) {
  for (const char c : text) to.push_back(static_cast<std::byte>(c));
}

void append_big_endian(Bytes& to, std::uint32_t number) {
  for (const int shift : {24, 16, 8, 0}) to.push_back(static_cast<std::byte>(number >> shift));
}

/// Appends length, type, content, and the CRC of type and content; `content` appends itself.
template <class Content>
void append_chunk(Bytes& to, std::string_view type, Content&& content) {
  const std::size_t begin = to.size();
  append_big_endian(to, 0);
  append(to, type);
  content();
  const std::size_t length = to.size() - begin - 8;
  if (length > 0x7fffffff) throw std::bad_alloc();
  Bytes size;
  append_big_endian(size, static_cast<std::uint32_t>(length));
  std::ranges::copy(size, to.begin() + static_cast<std::ptrdiff_t>(begin));
  append_big_endian(to, libdeflate_crc32(0, to.data() + begin + 4, length + 4));
}

// The memory is not initialized, so that only the part that is written to costs anything.
struct Scratch {
  explicit Scratch(std::size_t bytes)
      : data(std::make_unique_for_overwrite<std::uint8_t[]>(bytes)), size(bytes) {}
  std::unique_ptr<std::uint8_t[]> data;
  std::size_t size;
};

void unpack(const unsigned char* from, std::span<std::uint8_t> rgb) {
  for (std::size_t x = 0; x < rgb.size(); x += pixel_bytes, from += sizeof(std::uint32_t)) {
    std::uint32_t pixel = 0;
    std::memcpy(&pixel, from, sizeof pixel);
    for (const std::size_t channel : {0U, 1U, 2U})
      rgb[x + channel] = static_cast<std::uint8_t>(pixel >> (16 - 8 * channel));
  }
}

/// Returns every row, preceded by the number of its filter, 3, which subtracts the average of the
/// pixels to the left and above.
Scratch filtered(const Pixels& pixels) {
  constexpr std::uint8_t average = 3;
  const std::size_t row_bytes = std::size_t{pixels.width} * pixel_bytes;
  Scratch result((row_bytes + 1) * pixels.height);
  std::vector<std::uint8_t> row(row_bytes);
  std::vector<std::uint8_t> above(row_bytes);
  const unsigned char* from = pixels.data;
  std::uint8_t* out = result.data.get();
  for (std::uint32_t y = 0; y < pixels.height; ++y, from += pixels.stride, out += row_bytes) {
    unpack(from, row);
    *out++ = average;
    for (std::size_t x = 0; x < pixel_bytes; ++x)
      out[x] = static_cast<std::uint8_t>(row[x] - above[x] / 2);
    for (std::size_t x = pixel_bytes; x < row_bytes; ++x)
      out[x] = static_cast<std::uint8_t>(row[x] - (row[x - pixel_bytes] + above[x]) / 2);
    std::swap(row, above);
  }
  return result;
}

void append_compressed(Bytes& to, const Scratch& data) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(compression_level), &libdeflate_free_compressor);
  if (compressor == nullptr) throw std::bad_alloc();
  const Scratch room(libdeflate_zlib_compress_bound(compressor.get(), data.size));
  const std::size_t size = libdeflate_zlib_compress(compressor.get(), data.data.get(), data.size,
                                                    room.data.get(), room.size);
  const auto* const first = reinterpret_cast<const std::byte*>(room.data.get());
  to.insert(to.end(), first, first + size);
}

Bytes encode(const Pixels& pixels) {
  Bytes png;
  append(png, "\x89PNG\r\n\x1a\n");
  append_chunk(png, "IHDR", [&] {
    append_big_endian(png, pixels.width);
    append_big_endian(png, pixels.height);
    // The header says: 8 bits, RGB; deflate, adaptive filters, not interlaced.
    for (const int byte : {8, 2, 0, 0, 0}) png.push_back(static_cast<std::byte>(byte));
  });
  append_chunk(png, "IDAT", [&] { append_compressed(png, filtered(pixels)); });
  append_chunk(png, "IEND", [] {});
  return png;
}

}  // namespace

std::vector<std::byte> encode_png(const Pixels& pixels) {
  try {
    return encode(pixels);
  } catch (const std::bad_alloc&) {
    throw Error("cannot encode a PNG of " + std::to_string(pixels.width) + "x" +
                std::to_string(pixels.height) + " pixels: out of memory");
  }
}

}  // namespace assay::picture
