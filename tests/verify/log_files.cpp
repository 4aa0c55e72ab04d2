// Files of records: how far they are whole, and pictures.
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "runner/base/regular_file.h"
#include "runner/verify/crc32.h"
#include "runner/verify/event_file.h"
#include "runner/verify/json_lines.h"
#include "runner/verify/picture_file.h"
#include "tests/support/bytes.h"
#include "tests/support/reference.h"
#include "tests/support/temporary_folder.h"

using namespace assay::test;
using namespace assay::verify;
using assay::base::RegularFile;
using namespace std::string_literals;

namespace {

std::uint32_t crc_of(Crc32::Polynomial polynomial, std::string_view text) {
  Crc32 crc(polynomial);
  crc.add(bytes_of(text));
  return crc.value();
}

// The first record of an event file, with the checksums that TensorBoard's own tests have for it.
const std::string version =
    "\x18\0\0\0\0\0\0\0"s
    "\xa3\x7f\x4b\x22"
    "\x09\0\0\x80\x38\x99\xd6\xd7\x41\x1a\x0d"
    "brain.Event:2"
    "\x12\x4b\x36\xab"s;

struct Files : TemporaryFolder {
  RegularFile file(std::string_view bytes) const {
    write_file(*this / "file", bytes);
    return RegularFile(*this / "file");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(log_files, Files)

// The check values of the catalogue of CRCs, https://reveng.sourceforge.io/crc-catalogue/.
BOOST_AUTO_TEST_CASE(checksums_are_those_of_the_catalogue) {
  BOOST_TEST(crc_of(Crc32::Polynomial::castagnoli, "123456789") == 0xe3069283U);
  BOOST_TEST(crc_of(Crc32::Polynomial::iso, "123456789") == 0xcbf43926U);
}

BOOST_AUTO_TEST_CASE(event_files_are_whole_up_to_the_record_that_is_not) {
  BOOST_TEST(check_event_file(file("")).problem == "");
  const std::string three = version + version + version;
  WholePart found = check_event_file(file(three));
  BOOST_TEST(found.problem == "");
  BOOST_TEST(found.records == 3);
  BOOST_TEST(found.bytes == three.size());
  for (std::size_t size = 0; size < three.size(); ++size) {
    found = check_event_file(file(three.substr(0, size)));
    const std::size_t records = size / version.size();
    BOOST_TEST(found.records == static_cast<std::int64_t>(records));
    BOOST_TEST(found.bytes == records * version.size());
    BOOST_TEST(found.is_cut_short == (size % version.size() != 0));
    BOOST_TEST(found.problem.empty() == !found.is_cut_short);
  }
  // A file system that had reserved the room leaves this.
  found = check_event_file(file(version + std::string(64, '\0')));
  BOOST_TEST(found.records == 1);
  BOOST_TEST(found.problem == "the length of a record does not match its checksum");
  BOOST_TEST(!found.is_cut_short);
}

BOOST_AUTO_TEST_CASE(a_record_larger_than_any_memory_is_cut_short) {
  // A length of 2^62 with its right checksum.
  std::string head = "\0\0\0\0\0\0\0\x40"s;
  const std::uint32_t crc = crc_of(Crc32::Polynomial::castagnoli, head);
  const std::uint32_t masked = ((crc >> 15) | (crc << 17)) + 0xa282ead8U;
  for (int i = 0; i < 4; ++i) head += static_cast<char>(masked >> (8 * i));
  const WholePart found = check_event_file(file(head + version));
  BOOST_TEST(found.is_cut_short);
  BOOST_TEST(found.bytes == 0U);
}

BOOST_AUTO_TEST_CASE(records_larger_than_a_piece_that_is_read) {
  const std::string line = "\"" + std::string(200'000, 'x') + "\"\n";
  const WholePart found = check_json_lines(file(line + "{}\n" + line));
  BOOST_TEST(found.problem == "");
  BOOST_TEST(found.records == 3);
  BOOST_TEST(found.bytes == 2 * line.size() + 3);
}

BOOST_AUTO_TEST_CASE(lines_are_json) {
  const std::string good = "{\"step\":1}\n";
  for (const std::string& bad :
       {"{\"step\":}\n"s, "\n"s, "{}{}\n"s, "{\"a\":NaN}\n"s, "{}\0{}\n"s, "\xff\n"s}) {
    const WholePart found = check_json_lines(file(good + bad + good));
    BOOST_TEST(found.problem == "a line is not JSON");
    BOOST_TEST(found.bytes == good.size());
    BOOST_TEST(found.records == 1);
  }
  const WholePart found = check_json_lines(file(good + "{\"step\":2}"));
  BOOST_TEST(found.problem == "the file ends within a line");
  BOOST_TEST(found.is_cut_short);
  BOOST_TEST(found.bytes == good.size());
  BOOST_TEST(check_json_lines(file(std::string(1'000'000, '[') + "\n")).records == 0);
}

BOOST_AUTO_TEST_CASE(text_has_no_null_characters) {
  BOOST_TEST(check_text_lines(file("one\nzw\xc3\xb6lf\n")).records == 2);
  BOOST_TEST(check_text_lines(file("one\n\0\0"s)).is_cut_short);
  BOOST_TEST(check_text_lines(file("one\n\0\0\n"s)).problem == "a line has null characters");
}

BOOST_AUTO_TEST_CASE(pictures) {
  const std::string png = read_file(reference_file("training_data_matplotlib.png"));
  BOOST_TEST(check_picture(file(png), "a.png").text == "");
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{8}, std::size_t{20},
                                 png.size() / 2, png.size() - 12, png.size() - 1})
    BOOST_TEST(check_picture(file(png.substr(0, size)), "a.png").text != "");
  BOOST_TEST(check_picture(file(png + "x"), "a.png").text ==
             "there are bytes after its last chunk");
  const std::string svg = "<?xml version=\"1.0\"?><svg></svg>\n", pdf = "%PDF-1.5\n...\n%%EOF\n";
  BOOST_TEST(check_picture(file(svg), "a.svg").text == "");
  BOOST_TEST(check_picture(file(pdf), "a.pdf").text == "");
  for (const std::size_t left_out : {std::size_t{8}, svg.size()})
    BOOST_TEST(check_picture(file(svg.substr(0, svg.size() - left_out)), "a.svg").text != "");
  BOOST_TEST(check_picture(file(pdf.substr(0, pdf.size() - 3)), "a.pdf").text != "");
}

BOOST_AUTO_TEST_SUITE_END()
