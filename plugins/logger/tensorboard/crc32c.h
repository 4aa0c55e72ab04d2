// CRC-32C (Castagnoli: polynomial 0x1edc6f41, reflected, initial value and final XOR all ones;
// RFC 3720, appendix B.4), the checksum of event files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace assay::tensorboard {

/// By the CPU's own instruction where there is one (SSE4.2), else by table. The two agree, so that
/// what the CPU has changes no file.
std::uint32_t crc32c(std::span<const std::byte> bytes);

/// By table, eight bytes at a time.
std::uint32_t crc32c_by_table(std::span<const std::byte> bytes);

}  // namespace assay::tensorboard
