#include "runner/verify/crc32.h"

namespace assay::verify {

Crc32::Crc32(Polynomial polynomial) {
  for (std::uint32_t byte = 0; byte < table_.size(); ++byte) {
    std::uint32_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit)
      remainder =
          (remainder >> 1) ^ ((remainder & 1U) != 0 ? static_cast<std::uint32_t>(polynomial) : 0U);
    table_[byte] = remainder;
  }
}

void Crc32::add(std::span<const std::byte> bytes) {
  for (const std::byte byte : bytes)
    remainder_ =
        table_[(remainder_ ^ static_cast<std::uint32_t>(byte)) & 0xffU] ^ (remainder_ >> 8);
}

}  // namespace assay::verify
