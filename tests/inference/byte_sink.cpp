#include "runner/inference/byte_sink.h"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/base/error_of.h"
#include "tests/support/temporary_folder.h"

using namespace assay::inference;
using assay::test::error_of;
using assay::test::TemporaryFolder;

namespace {

namespace fs = std::filesystem;

void write(ByteSink& sink, std::string_view text) { sink.write(std::as_bytes(std::span(text))); }

std::string text_of(const fs::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.insert(entry.path().filename().string());
  return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(byte_sink)

BOOST_AUTO_TEST_CASE(a_file_appears_as_a_whole_or_not_at_all) {
  const TemporaryFolder folder;
  std::ofstream(folder / "a.csv") << "old";
  {
    const auto sink = file_sink(folder / "a.csv");
    write(*sink, "new ");
    BOOST_TEST(text_of(folder / "a.csv") == "old");
  }
  BOOST_TEST(text_of(folder / "a.csv") == "old");
  BOOST_TEST(names_in(folder.path()) == std::set<std::string>{"a.csv"});
  const auto sink = file_sink(folder / "a.csv");
  write(*sink, "new ");
  write(*sink, "text");
  sink->finish();
  BOOST_TEST(text_of(folder / "a.csv") == "new text");
  BOOST_TEST(names_in(folder.path()) == std::set<std::string>{"a.csv"});
}

BOOST_AUTO_TEST_CASE(the_file_behind_a_link_is_replaced) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "there");
  std::ofstream(folder / "there" / "a.csv") << "old";
  fs::create_symlink("there/a.csv", folder / "link.csv");
  const auto sink = file_sink(folder / "link.csv");
  write(*sink, "new");
  sink->finish();
  BOOST_TEST(fs::is_symlink(folder / "link.csv"));
  BOOST_TEST(text_of(folder / "there" / "a.csv") == "new");
}

BOOST_AUTO_TEST_CASE(a_device_is_written_to) {
  const auto sink = file_sink("/dev/full");
  BOOST_TEST(error_of([&] { write(*sink, "a"); }) ==
             "/dev/full: cannot be written: No space left on device");
  BOOST_TEST(fs::is_character_file("/dev/full"));
}

BOOST_AUTO_TEST_CASE(what_is_no_place_for_a_file) {
  const TemporaryFolder folder;
  BOOST_TEST(error_of([&] { file_sink(folder.path()); }) ==
             folder.path().string() + ": this is a folder; expected a file");
  BOOST_TEST(error_of([&] { file_sink(folder / "gone" / "a.csv"); }).find("No such file") !=
             std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
