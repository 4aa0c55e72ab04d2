#include "runner/verify/event_file.h"

#include <array>
#include <bit>
#include <cstring>
#include <span>

#include "runner/verify/crc32.h"
#include "runner/verify/file_stream.h"

namespace assay::verify {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the numbers of frames are little-endian");

template <class Number>
Number number_in(std::span<const std::byte> bytes) {
  Number number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

std::uint32_t masked(const Crc32& crc) { return std::rotr(crc.value(), 15) + 0xa282ead8U; }

}  // namespace

WholePart check_event_file(const base::RegularFile& file) {
  constexpr std::size_t length_bytes = 8, crc_bytes = 4;
  Crc32 crc(Crc32::Polynomial::castagnoli);
  FileStream stream(file);
  WholePart found;
  const auto cut_short = [&found] {
    found.is_cut_short = true;
    found.problem = "the file ends within a record";
    return found;
  };
  while (stream.left() > 0) {
    std::array<std::byte, length_bytes + crc_bytes> head;
    if (stream.left() < head.size()) return cut_short();
    stream.read(head);
    crc.reset();
    crc.add(std::span(head).first(length_bytes));
    if (masked(crc) != number_in<std::uint32_t>(std::span(head).subspan(length_bytes))) {
      found.problem = "the length of a record does not match its checksum";
      return found;
    }
    const auto length = number_in<std::uint64_t>(head);
    if (stream.left() < crc_bytes || stream.left() - crc_bytes < length) return cut_short();
    crc.reset();
    for (std::uint64_t done = 0; done < length;) {
      const auto bytes = stream.next(length - done);
      crc.add(bytes);
      done += bytes.size();
    }
    std::array<std::byte, crc_bytes> stored;
    stream.read(stored);
    if (masked(crc) != number_in<std::uint32_t>(stored)) {
      found.problem = "the bytes of a record do not match its checksum";
      return found;
    }
    found.bytes = stream.position();
    ++found.records;
  }
  return found;
}

}  // namespace assay::verify
