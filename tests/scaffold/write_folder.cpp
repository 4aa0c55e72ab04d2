#include "runner/scaffold/write_folder.h"

#include <boost/test/unit_test.hpp>
#include <iterator>

#include "assay/error.h"
#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using namespace assay;
using namespace assay::scaffold;
namespace fs = std::filesystem;

namespace {

const std::vector<File> files = {{"a", "one\n"}, {".b", "two\n"}};

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(write_a_folder)

BOOST_AUTO_TEST_CASE(all_files_are_there_and_nothing_else) {
  const test::TemporaryFolder folder;
  write_folder(folder.path() / "new", files);
  BOOST_TEST(test::read_file(folder.path() / "new" / "a") == "one\n");
  BOOST_TEST(test::read_file(folder.path() / "new" / ".b") == "two\n");
  BOOST_TEST(entries(folder.path()) == 1U);
  BOOST_TEST(entries(folder.path() / "new") == 2U);
}

BOOST_AUTO_TEST_CASE(what_is_there_stays) {
  const test::TemporaryFolder folder;
  fs::create_directory(folder.path() / "folder");
  test::write_file(folder.path() / "file", "mine");
  fs::create_symlink("nowhere", folder.path() / "link");
  for (const char* name : {"folder", "file", "link"})
    BOOST_CHECK_EXCEPTION(write_folder(folder.path() / name, files), Error, [](const Error& e) {
      return std::string_view(e.what()).ends_with("exists already");
    });
  BOOST_TEST(entries(folder.path()) == 3U);
  BOOST_TEST(entries(folder.path() / "folder") == 0U);
  BOOST_TEST(test::read_file(folder.path() / "file") == "mine");
}

BOOST_AUTO_TEST_CASE(nothing_is_left_of_what_fails) {
  const test::TemporaryFolder folder;
  const std::vector<File> bad = {{"a", "one\n"}, {"no/such/folder", "two\n"}};
  BOOST_CHECK_THROW(write_folder(folder.path() / "new", bad), Error);
  BOOST_TEST(entries(folder.path()) == 0U);
  BOOST_CHECK_THROW(write_folder(folder.path() / "none" / "new", files), Error);
}

BOOST_AUTO_TEST_SUITE_END()
