#include "runner/verify/picture_file.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "runner/verify/crc32.h"
#include "runner/verify/file_stream.h"

namespace assay::verify {
namespace {

constexpr std::size_t number_bytes = 4;

std::uint32_t big_endian(std::span<const std::byte, number_bytes> bytes) {
  std::uint32_t number = 0;
  for (const std::byte byte : bytes) number = number << 8 | static_cast<std::uint32_t>(byte);
  return number;
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

PictureProblem check_png(const base::RegularFile& file) {
  constexpr std::string_view signature = "\x89PNG\r\n\x1a\n";
  FileStream stream(file);
  std::array<std::byte, signature.size()> found{};
  if (stream.left() < found.size()) return {0, "the file ends within its signature"};
  stream.read(found);
  if (text_of(found) != signature) return {0, "it does not begin like a PNG"};
  Crc32 crc(Crc32::Polynomial::iso);
  bool is_first = true;
  while (true) {
    const std::uint64_t at = stream.position();
    std::array<std::byte, number_bytes> length, type, stored;
    if (stream.left() < length.size() + type.size()) return {at, "the file ends too early"};
    stream.read(length);
    stream.read(type);
    if (std::exchange(is_first, false) && text_of(type) != "IHDR")
      return {at, "its first chunk is not IHDR"};
    const std::uint64_t bytes = big_endian(length);
    if (stream.left() < bytes + stored.size()) return {at, "the file ends within a chunk"};
    crc.reset();
    crc.add(type);
    for (std::uint64_t done = 0; done < bytes;) {
      const auto piece = stream.next(bytes - done);
      crc.add(piece);
      done += piece.size();
    }
    stream.read(stored);
    if (crc.value() != big_endian(stored))
      return {at, "the bytes of a chunk do not match its checksum"};
    if (text_of(type) != "IEND") continue;
    if (stream.left() > 0) return {stream.position(), "there are bytes after its last chunk"};
    return {};
  }
}

// Checks that the file begins and ends as it should.
PictureProblem check_ends(const base::RegularFile& file, std::string_view begin,
                          std::string_view end) {
  constexpr std::uint64_t longest_end = 1024;
  const auto text = [&file](std::uint64_t at, std::uint64_t bytes) {
    std::vector<std::byte> read(static_cast<std::size_t>(bytes));
    file.read(at, read);
    return std::string(text_of(read));
  };
  if (file.size() < begin.size() || text(0, begin.size()) != begin)
    return {0, "it does not begin as its format requires"};
  const std::uint64_t last = std::min(longest_end, file.size());
  if (text(file.size() - last, last).find(end) == std::string::npos)
    return {file.size(), "it does not end as its format requires"};
  return {};
}

}  // namespace

bool is_picture(const std::string& name) {
  return name.ends_with(".png") || name.ends_with(".svg") || name.ends_with(".pdf");
}

PictureProblem check_picture(const base::RegularFile& file, const std::string& name) {
  if (name.ends_with(".png")) return check_png(file);
  if (name.ends_with(".pdf")) return check_ends(file, "%PDF-", "%%EOF");
  return check_ends(file, "<?xml", "</svg>");
}

}  // namespace assay::verify
