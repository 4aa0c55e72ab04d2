// Reading what runs have logged.
#include "runner/contact_sheet/logged.h"

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace {

using namespace assay::contact_sheet;

void write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

// The wire format of protobuf: a field with a length, a number, four bytes.
std::string field(int number, const std::string& bytes) {
  std::string length;
  for (std::size_t rest = bytes.size();; rest >>= 7) {
    length += static_cast<char>(rest >= 128 ? rest % 128 + 128 : rest);
    if (rest < 128) break;
  }
  return static_cast<char>(number * 8 + 2) + length + bytes;
}
std::string varint(int number, int value) {
  return {static_cast<char>(number * 8), static_cast<char>(value)};
}
std::string float32(int number, float value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return static_cast<char>(number * 8 + 5) + bytes;
}
std::string event(int step, const std::string& value) {
  const std::string data = varint(2, step) + field(5, field(1, value));
  std::string length(8, '\0');
  length[0] = static_cast<char>(data.size());
  return length + "crc1" + data + "crc2";
}
std::string scalar(int step, const std::string& tag, float value) {
  return event(step, field(1, tag) + float32(2, value));
}
std::string picture(int step, const std::string& tag, const std::string& png) {
  return event(step, field(1, tag) + field(8, field(8, "6") + field(8, "4") + field(8, png)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(logged)

BOOST_AUTO_TEST_CASE(curves_come_from_lines) {
  const assay::test::TemporaryFolder folder;
  write(folder.path() / "metrics.jsonl",
        "{\"step\":1,\"tag\":\"Loss\",\"value\":20.5,\"wall_time\":1.0}\n"
        "{\"step\":1,\"tag\":\"Lo\\\"ss ä\",\"value\":1.0,\"wall_time\":1.0}\n"
        "{\"step\":1,\"tag\":\"Loss\",\"text\":\"no number\",\"wall_time\":1.0}\n"
        "{\"step\":2,\"tag\":\"Loss\",\"value\":\"NaN\",\"wall_time\":1.0}\n"
        "{\"step\":3,\"tag\":\"Loss\",\"value\":\"-Infinity\",\"wall_time\":1.0}\n"
        "no line of ours\n"
        "{\"step\":4,\"tag\":\"Loss\",\"value\":7.0,\"wall");
  const std::vector<std::string> tags = {"Lo\"ss ä", "Loss", "Accuracy"};
  const auto curves = curves_of(folder.path(), tags);
  BOOST_REQUIRE_EQUAL(curves.size(), 3U);
  BOOST_REQUIRE_EQUAL(curves[0].size(), 1U);
  BOOST_REQUIRE_EQUAL(curves[1].size(), 3U);
  BOOST_TEST(curves[1][0].step == 1);
  BOOST_TEST(curves[1][0].value == 20.5);
  BOOST_TEST(std::isnan(curves[1][1].value));
  BOOST_TEST(std::isinf(curves[1][2].value));
  BOOST_TEST(curves[2].empty());
}

BOOST_AUTO_TEST_CASE(curves_and_pictures_come_from_event_files) {
  const assay::test::TemporaryFolder folder;
  const std::string png = "\x89PNG, but not really";
  write(folder.path() / "events.out.tfevents.1.2",
        scalar(3, "Loss", 0.5F) + picture(9, "Step 9 of 19", png + "2"));
  write(folder.path() / "events.out.tfevents.1.1",
        scalar(1, "Loss", 2.0F) + picture(4, "Step 4 of 19", png + "1") +
            picture(4, "Digits", png + "0") +
            event(5, field(1, "Notes") + field(8, field(8, "a"))) +
            scalar(2, "Loss", 1.0F).substr(0, 30));
  const std::vector<std::string> tags = {"Loss"};
  const auto curves = curves_of(folder.path(), tags);
  BOOST_REQUIRE_EQUAL(curves[0].size(), 2U);
  BOOST_TEST(curves[0][0].value == 2);
  BOOST_TEST(curves[0][1].step == 3);
  const auto pictures = pictures_of(folder.path());
  BOOST_REQUIRE_EQUAL(pictures.size(), 2U);
  BOOST_TEST(pictures.at("Digits").step == 4);
  const LoggedPicture& last = pictures.at("Step ${step} of 19");
  BOOST_TEST(last.step == 9);
  const auto bytes = read_picture(last);
  BOOST_TEST(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()) == png + "2");
}

BOOST_AUTO_TEST_CASE(a_run_that_logged_nothing_has_neither) {
  const assay::test::TemporaryFolder folder;
  const std::vector<std::string> tags = {"Loss"};
  BOOST_TEST(curves_of(folder.path() / "missing", tags)[0].empty());
  BOOST_TEST(pictures_of(folder.path() / "missing").empty());
  write(folder.path() / "tfevents", std::string(4000, '\xff'));
  BOOST_TEST(curves_of(folder.path(), tags)[0].empty());
  write(folder.path() / "tfevents", event(1, std::string(100, '\xff')));
  BOOST_TEST(pictures_of(folder.path()).empty());
}

BOOST_AUTO_TEST_SUITE_END()
