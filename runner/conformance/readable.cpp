#include "runner/conformance/readable.h"

#include <fmt/format.h>

#include <cstdint>
#include <nlohmann/json.hpp>

#include "runner/conformance/check.h"

namespace assay::conformance {
namespace {

std::string json(std::string_view name, std::string_view content) {
  require(nlohmann::json::accept(content), "{} is no JSON: {}", name, content.substr(0, 80));
  return "JSON";
}

std::string json_lines(std::string_view name, std::string_view content) {
  std::size_t lines = 0;
  for (; !content.empty(); ++lines) {
    const std::size_t end = content.find('\n');
    require(end != std::string_view::npos, "the last line of {} has no end", name);
    const std::string_view line = content.substr(0, end);
    require(nlohmann::json::accept(line), "a line of {} is no JSON: {}", name, line.substr(0, 80));
    content.remove_prefix(end + 1);
  }
  return fmt::format("{} lines of JSON", lines);
}

// Counts fields by the commas outside quotes.
std::string csv(std::string_view name, std::string_view content) {
  std::size_t records = 0, fields = 1, expected = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < content.size(); ++i) {
    const char c = content[i];
    if (c == '"') {
      const bool begins = i == 0 || content[i - 1] == ',' || content[i - 1] == '\n';
      if (!quoted)
        require(begins, "record {} of {} has a quote within a field that is not quoted",
                records + 1, name);
      if (quoted && content.substr(i + 1).starts_with('"')) ++i;
      else quoted = !quoted;
    } else if (!quoted && c == ',') {
      ++fields;
    } else if (!quoted && c == '\n') {
      if (records++ == 0) expected = fields;
      require(fields == expected, "record {} of {} has {} fields, the first one {}", records, name,
              fields, expected);
      fields = 1;
    }
  }
  require(!quoted, "a quote in {} has no end", name);
  require(content.empty() || content.ends_with('\n'), "the last line of {} has no end", name);
  return fmt::format("{} records of {} fields", records, expected);
}

// Computes CRC-32C (Castagnoli), reflected, bit by bit, masked as in TensorFlow's record format
// (tensorflow/core/lib/io/record_writer.h, lib/hash/crc32c.h).
std::uint32_t masked_crc(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
  }
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
}

template <class T>
T little_endian(std::string_view bytes) {
  T value = 0;
  for (std::size_t i = sizeof(T); i-- > 0;)
    value = static_cast<T>(value << 8) | static_cast<unsigned char>(bytes[i]);
  return value;
}

// Checks records: length (8 bytes), its checksum (4), the data, their checksum (4).
std::string events(std::string_view name, std::string_view content) {
  std::size_t records = 0;
  for (; !content.empty(); ++records) {
    const auto fail = [&](const char* what) {
      throw Failed(fmt::format("record {} of {} {}", records + 1, name, what));
    };
    if (content.size() < 16) fail("is cut short");
    if (little_endian<std::uint32_t>(content.substr(8)) != masked_crc(content.substr(0, 8)))
      fail("has a length with a wrong checksum");
    const auto length = little_endian<std::uint64_t>(content);
    if (length > content.size() - 16) fail("is cut short");
    const std::string_view data = content.substr(12, length);
    content.remove_prefix(12 + length);
    if (little_endian<std::uint32_t>(content) != masked_crc(data)) fail("has a wrong checksum");
    content.remove_prefix(4);
  }
  return fmt::format("{} TFRecords", records);
}

}  // namespace

std::string require_readable(std::string_view name, std::string_view content) {
  if (name.ends_with(".json")) return json(name, content);
  if (name.ends_with(".jsonl")) return json_lines(name, content);
  if (name.ends_with(".csv")) return csv(name, content);
  if (name.find("tfevents") != std::string_view::npos) return events(name, content);
  return {};
}

}  // namespace assay::conformance
