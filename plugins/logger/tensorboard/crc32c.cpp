#include "crc32c.h"

#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace assay::tensorboard {
namespace {

static_assert(std::endian::native == std::endian::little, "words are loaded as they lie in memory");

std::uint64_t load_word(const std::byte* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

using Table = std::array<std::uint32_t, 256>;

// tables[k][b] is the effect of byte b on the checksum when k more zero bytes follow it.
consteval std::array<Table, 8> make_tables() {
  constexpr std::uint32_t reflected_polynomial = 0x82f63b78;
  std::array<Table, 8> tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc % 2 * reflected_polynomial);
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < tables.size(); ++k)
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t crc = tables[k - 1][byte];
      tables[k][byte] = (crc >> 8) ^ tables[0][crc % 256];
    }
  return tables;
}

constexpr std::array<Table, 8> tables = make_tables();

#if defined(__x86_64__)
[[gnu::target("sse4.2")]] std::uint32_t crc32c_by_instruction(std::span<const std::byte> bytes) {
  std::uint64_t crc = 0xffffffff;
  for (; bytes.size() >= 8; bytes = bytes.subspan(8))
    crc = _mm_crc32_u64(crc, load_word(bytes.data()));
  auto rest = static_cast<std::uint32_t>(crc);
  for (const std::byte byte : bytes)
    rest = _mm_crc32_u8(rest, std::to_integer<unsigned char>(byte));
  return ~rest;
}
#endif

}  // namespace

std::uint32_t crc32c_by_table(std::span<const std::byte> bytes) {
  std::uint32_t crc = 0xffffffff;
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    std::uint64_t word = load_word(bytes.data()) ^ crc;
    crc = 0;
    for (std::size_t k = 8; k-- > 0; word >>= 8) crc ^= tables[k][word % 256];
  }
  for (const std::byte byte : bytes)
    crc = (crc >> 8) ^ tables[0][(crc ^ std::to_integer<std::uint32_t>(byte)) % 256];
  return ~crc;
}

std::uint32_t crc32c(std::span<const std::byte> bytes) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return crc32c_by_instruction(bytes);
#endif
  return crc32c_by_table(bytes);
}

}  // namespace assay::tensorboard
