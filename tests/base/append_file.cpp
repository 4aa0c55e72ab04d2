#include "runner/base/append_file.h"

#include <boost/test/unit_test.hpp>

#include "tests/base/error_of.h"
#include "tests/base/file_size_limit.h"
#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using namespace assay::base;
using namespace assay::test;
namespace fs = std::filesystem;

namespace {

struct WithFolder : TemporaryFolder {
  Folder folder{path()};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(append_file, WithFolder)

BOOST_AUTO_TEST_CASE(pieces_follow_each_other) {
  AppendFile file(folder, "a");
  BOOST_TEST(file.path() == (*this / "a").string());
  BOOST_TEST(file.position() == 0);
  file.append(bytes_of("one "));
  file.append({});
  file.append(bytes_of("two"));
  BOOST_TEST(file.position() == 7);
  BOOST_TEST(read_file(*this / "a") == "one two");
}

BOOST_AUTO_TEST_CASE(it_knows_the_digest_of_its_bytes) {
  {
    AppendFile file(folder, "a");
    BOOST_TEST(file.digest() == digest(""));
    file.append(bytes_of("one "));
    BOOST_TEST(file.digest() == digest("one "));
    file.append(bytes_of("two"));
    BOOST_TEST(file.digest() == digest("one two"));
    BOOST_TEST(file.digest() == file_digest(*this / "a"));
  }
  AppendFile again(folder, "a", 5);
  BOOST_TEST(again.digest() == digest("one t"));
  again.append(bytes_of("en"));
  BOOST_TEST(again.digest() == digest("one ten"));
  BOOST_TEST(digest_of_first(RegularFile(folder, "a"), 3) == digest("one"));
  BOOST_TEST(error_of([&] { digest_of_first(RegularFile(folder, "a"), 8); }) != "");
}

BOOST_AUTO_TEST_CASE(an_existing_file_is_never_opened) {
  write_file(*this / "a", "old");
  BOOST_TEST(error_of([&] { AppendFile(folder, "a"); }) ==
             (*this / "a").string() + ": cannot be created: File exists");
  BOOST_TEST(read_file(*this / "a") == "old");
  fs::create_symlink(*this / "b", *this / "link");
  BOOST_TEST(error_of([&] { AppendFile(folder, "link"); }) ==
             (*this / "link").string() + ": cannot be created: File exists");
  BOOST_TEST(!fs::exists(*this / "b"));
  fs::remove_all(path());
  BOOST_TEST(error_of([&] { AppendFile(folder, "a"); }) ==
             (*this / "a").string() + ": cannot be created: its folder was removed meanwhile");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_opened_again_goes_on_at_a_position) {
  write_file(*this / "a", "one two three");
  {
    AppendFile file(folder, "a", 7);
    BOOST_TEST(file.position() == 7);
    BOOST_TEST(read_file(*this / "a") == "one two");
    file.append(bytes_of(" four"));
    BOOST_TEST(file.position() == 12);
    file.finish();
  }
  BOOST_TEST(read_file(*this / "a") == "one two four");
  const std::string a = (*this / "a").string();
  BOOST_TEST(error_of([&] { AppendFile(folder, "a", 13); }) ==
             a + ": cannot be opened again: it has 12 bytes; expected at least 13");
  BOOST_TEST(read_file(*this / "a") == "one two four");
  BOOST_TEST(error_of([&] { AppendFile(folder, "b", 0); }) ==
             (*this / "b").string() + ": cannot be opened again: No such file or directory");
  fs::create_symlink(*this / "a", *this / "link");
  BOOST_TEST(error_of([&] { AppendFile(folder, "link", 0); }) ==
             (*this / "link").string() +
                 ": cannot be opened again: Too many levels of symbolic links");
  BOOST_TEST(read_file(*this / "a") == "one two four");
}

// The kernel writes the part of a piece that fits, then returns EFBIG, like ENOSPC on a full disk.
BOOST_AUTO_TEST_CASE(a_piece_that_does_not_fit_leaves_nothing) {
  const std::string record(100, 'x');
  AppendFile file(folder, "a");
  {
    const FileSizeLimit limit(250);
    file.append(bytes_of(record));
    file.append(bytes_of(record));
    for (int i = 0; i < 2; ++i) {
      BOOST_TEST(error_of([&] { file.append(bytes_of(record)); }) ==
                 (*this / "a").string() + ": cannot be written: File too large");
      BOOST_TEST(file.position() == 200);
      BOOST_TEST(fs::file_size(*this / "a") == 200U);
    }
    file.append(bytes_of("a short piece still fits"));
  }
  file.append(bytes_of("!"));
  BOOST_TEST(file.digest() == file_digest(*this / "a"));
  BOOST_TEST(read_file(*this / "a") == record + record + "a short piece still fits!");
}

BOOST_AUTO_TEST_CASE(it_is_finished_once) {
  AppendFile file(folder, "a");
  file.append(bytes_of("x"));
  file.finish();
  file.finish();
  BOOST_TEST(error_of([&] { file.append(bytes_of("y")); }) != "nothing thrown");
  BOOST_TEST(read_file(*this / "a") == "x");
}

BOOST_AUTO_TEST_SUITE_END()
