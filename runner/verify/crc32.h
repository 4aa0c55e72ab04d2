// Cyclic redundancy checks of 32 bits, as file formats use them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace assay::verify {

/// A CRC whose bits are reflected, which begins with all bits set and is inverted at the end.
class Crc32 {
 public:
  /// The polynomials, reflected: of PNG and zlib (ISO 3309), and of Castagnoli (RFC 3720).
  enum class Polynomial : std::uint32_t { iso = 0xedb88320U, castagnoli = 0x82f63b78U };

  explicit Crc32(Polynomial polynomial);
  /// Begins anew.
  void reset() { remainder_ = ~0U; }
  void add(std::span<const std::byte> bytes);
  std::uint32_t value() const { return ~remainder_; }

 private:
  std::array<std::uint32_t, 256> table_;
  std::uint32_t remainder_ = ~0U;
};

}  // namespace assay::verify
