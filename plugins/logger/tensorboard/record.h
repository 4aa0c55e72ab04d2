// The framing of an event file (TFRecord). A file is a sequence of records
//   u64 length | u32 masked CRC of the length | data | u32 masked CRC of the data
// in little-endian order. Source: tensorflow/core/lib/io/record_writer.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace assay::tensorboard {

/// Returns the CRC-32C, rotated and shifted, so that it stays a good checksum for data that
/// contains checksums.
std::uint32_t masked_crc(std::span<const std::byte> bytes);

/// Adds one record to the end of `file`.
void append_record(std::vector<std::byte>& file, std::span<const std::byte> data);

}  // namespace assay::tensorboard
