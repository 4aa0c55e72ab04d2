#include "runner/base/folder.h"

#include <boost/test/unit_test.hpp>

#include "tests/base/error_of.h"
#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using assay::base::Folder;
using namespace assay::test;
namespace fs = std::filesystem;

BOOST_FIXTURE_TEST_SUITE(folder, TemporaryFolder)

BOOST_AUTO_TEST_CASE(only_a_folder_is_opened) {
  BOOST_TEST(Folder(path()).path() == path());
  BOOST_TEST(error_of([&] { Folder(*this / "none"); }) ==
             (*this / "none").string() + ": cannot be opened: No such file or directory");
  write_file(*this / "file", "");
  BOOST_TEST(error_of([&] { Folder(*this / "file"); }) ==
             (*this / "file").string() + ": cannot be opened: Not a directory");
}

BOOST_AUTO_TEST_CASE(a_folder_within_is_made_where_there_is_none) {
  const Folder outer(path());
  BOOST_TEST(outer.subfolder("a").path() == (*this / "a"));
  BOOST_TEST(fs::is_directory(*this / "a"));
  write_file(*this / "a/x", "");
  BOOST_TEST(outer.subfolder("a").has("x"));
  BOOST_TEST(!outer.has("x"));
  BOOST_TEST(outer.existing_subfolder("a").has("x"));
  BOOST_TEST(error_of([&] { outer.existing_subfolder("b"); }) ==
             (*this / "b").string() + ": cannot be opened as a folder: No such file or directory");
  BOOST_TEST(!outer.has("b"));
}

BOOST_AUTO_TEST_CASE(a_link_to_a_folder_is_not_followed) {
  const Folder outer(path());
  fs::create_directory(*this / "real");
  fs::create_directory_symlink(*this / "real", *this / "link");
  fs::create_symlink(*this / "nowhere", *this / "dangling");
  BOOST_TEST(error_of([&] { outer.subfolder("link"); }) ==
             (*this / "link").string() + ": cannot be opened as a folder: Not a directory");
  BOOST_TEST(error_of([&] { outer.subfolder("dangling"); }) != "nothing thrown");
  BOOST_TEST(outer.has("dangling"));
  write_file(*this / "file", "");
  BOOST_TEST(error_of([&] { outer.subfolder("file"); }) ==
             (*this / "file").string() + ": cannot be opened as a folder: Not a directory");
}

BOOST_AUTO_TEST_CASE(its_path_is_the_one_that_it_has_now) {
  fs::create_directory(*this / "a");
  const Folder held(*this / "a");
  BOOST_TEST(held.current_path().value() == (*this / "a"));
  fs::rename(*this / "a", *this / "b");
  BOOST_TEST(held.path() == (*this / "a"));
  BOOST_TEST(held.current_path().value() == fs::canonical(*this / "b"));
  fs::create_directory(*this / "a");  // another one under the old name
  BOOST_TEST(held.path_of("x") == fs::canonical(*this / "b") / "x");
  fs::remove(*this / "b");
  BOOST_TEST(!held.current_path());
  BOOST_TEST(held.path_of("x") == (*this / "a/x").string());
}

BOOST_AUTO_TEST_CASE(a_path_through_a_link_stays_as_it_was_given) {
  fs::create_directory(*this / "real");
  fs::create_directory_symlink(*this / "real", *this / "link");
  const Folder held(*this / "link");
  BOOST_TEST(held.current_path().value() == (*this / "link"));
}

BOOST_AUTO_TEST_SUITE_END()
