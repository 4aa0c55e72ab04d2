// CRC-32C (Castagnoli: polynomial 0x1edc6f41, reflected, initial value and final XOR all ones;
// RFC 3720, appendix B.4), the checksum of event files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace assay::tensorboard {

/// Computes the checksum with the CPU's own instruction if there is one (SSE4.2), else with a
/// table. Both give the same result, so files do not depend on the CPU.
std::uint32_t crc32c(std::span<const std::byte> bytes);

/// Computes the checksum with a table, eight bytes at a time.
std::uint32_t crc32c_by_table(std::span<const std::byte> bytes);

}  // namespace assay::tensorboard
