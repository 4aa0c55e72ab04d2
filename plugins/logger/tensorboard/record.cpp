#include "record.h"

#include <array>
#include <bit>

#include "crc32c.h"

namespace assay::tensorboard {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are stored as they are");

void append(std::vector<std::byte>& file, std::span<const std::byte> bytes) {
  file.insert(file.end(), bytes.begin(), bytes.end());
}

void append_checksum(std::vector<std::byte>& file, std::span<const std::byte> bytes) {
  const std::array crc = {masked_crc(bytes)};
  append(file, std::as_bytes(std::span(crc)));
}

}  // namespace

std::uint32_t masked_crc(std::span<const std::byte> bytes) {
  return std::rotr(crc32c(bytes), 15) + 0xa282ead8;
}

void append_record(std::vector<std::byte>& file, std::span<const std::byte> data) {
  const std::array<std::uint64_t, 1> length = {data.size()};
  append(file, std::as_bytes(std::span(length)));
  append_checksum(file, std::as_bytes(std::span(length)));
  append(file, data);
  append_checksum(file, data);
}

}  // namespace assay::tensorboard
