// Compares the checksum and the framing of event files with published vectors and with a checksum
// computed bit by bit.
#include "plugins/logger/tensorboard/record.h"

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <string_view>

#include "plugins/logger/tensorboard/crc32c.h"

namespace {

using namespace std::string_view_literals;
namespace tensorboard = assay::tensorboard;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::uint32_t crc32c_by_bit(std::string_view text) {
  std::uint32_t crc = 0xffffffff;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82f63b78 : crc >> 1;
  }
  return ~crc;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(records)

// From RFC 3720, appendix B.4 (the first three), and the catalogue of CRC algorithms.
BOOST_AUTO_TEST_CASE(crc32c_has_the_published_values) {
  std::string ascending;
  for (char c = 0; c < 32; ++c) ascending += c;
  const std::pair<std::string, std::uint32_t> vectors[] = {{std::string(32, '\0'), 0x8a9136aa},
                                                           {std::string(32, '\xff'), 0x62a8ab43},
                                                           {ascending, 0x46dd794e},
                                                           {"123456789", 0xe3069283},
                                                           {"", 0}};
  for (const auto& [text, crc] : vectors) {
    BOOST_TEST(tensorboard::crc32c(bytes_of(text)) == crc);
    BOOST_TEST(tensorboard::crc32c_by_table(bytes_of(text)) == crc);
  }
}

BOOST_AUTO_TEST_CASE(crc32c_is_the_same_by_instruction_by_table_and_by_bit) {
  std::string text;
  for (std::uint32_t i = 0, x = 1; i < 300; ++i, x = x * 1664525 + 1013904223)
    text += static_cast<char>(x >> 24);
  for (std::size_t begin = 0; begin < 9; ++begin)
    for (std::size_t size = 0; begin + size <= text.size(); ++size) {
      const auto part = std::string_view(text).substr(begin, size);
      const std::uint32_t expected = crc32c_by_bit(part);
      BOOST_REQUIRE_EQUAL(tensorboard::crc32c(bytes_of(part)), expected);
      BOOST_REQUIRE_EQUAL(tensorboard::crc32c_by_table(bytes_of(part)), expected);
    }
}

// TensorBoard 2.21 tests its reader with these values.
BOOST_AUTO_TEST_CASE(masked_crc_has_tensorboards_values) {
  using tensorboard::masked_crc;
  BOOST_TEST(masked_crc(bytes_of("\x1a\x11"
                                 "CRC test, one two"sv)) == 0x5794d08a);
  BOOST_TEST(masked_crc(bytes_of("\x18\0\0\0\0\0\0\0"sv)) == 0x224b7fa3);
  BOOST_TEST(masked_crc(bytes_of("\x09\0\0\x80\x38\x99\xd6\xd7\x41\x1a\x0d"
                                 "brain.Event:2"sv)) == 0xab364b12);
}

BOOST_AUTO_TEST_CASE(a_record_is_framed_as_tensorboard_expects) {
  std::vector<std::byte> file;
  tensorboard::append_record(file, bytes_of("\x09\0\0\x80\x38\x99\xd6\xd7\x41\x1a\x0d"
                                            "brain.Event:2"sv));
  constexpr auto expected =
      "\x18\0\0\0\0\0\0\0"
      "\xa3\x7f\x4b\x22"
      "\x09\0\0\x80\x38\x99\xd6\xd7\x41\x1a\x0d"
      "brain.Event:2"
      "\x12\x4b\x36\xab"sv;
  BOOST_TEST(std::string_view(reinterpret_cast<const char*>(file.data()), file.size()) == expected);
}

BOOST_AUTO_TEST_SUITE_END()
