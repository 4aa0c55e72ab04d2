#include "runner/base/append_file.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "assay/error.h"
#include "tests/base/file_size_limit.h"
#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using namespace assay::base;
using namespace assay::test;
namespace fs = std::filesystem;

namespace {

std::span<const std::byte> piece(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

template <class Function>
std::string error_of(Function&& function) {
  try {
    function();
  } catch (const assay::Error& error) {
    return error.what();
  }
  return "nothing thrown";
}

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(append_file, TemporaryFolder)

BOOST_AUTO_TEST_CASE(pieces_follow_each_other) {
  AppendFile file(*this / "a");
  BOOST_TEST(file.path() == (*this / "a").string());
  BOOST_TEST(file.position() == 0);
  file.append(piece("one "));
  file.append({});
  file.append(piece("two"));
  BOOST_TEST(file.position() == 7);
  BOOST_TEST(read_file(*this / "a") == "one two");
}

BOOST_AUTO_TEST_CASE(an_existing_file_is_never_opened) {
  write_file(*this / "a", "old");
  BOOST_TEST(error_of([&] { AppendFile(*this / "a"); }) ==
             (*this / "a").string() + ": cannot be created: File exists");
  BOOST_TEST(read_file(*this / "a") == "old");
  BOOST_TEST(error_of([&] { AppendFile(*this / "none/a"); }) ==
             (*this / "none/a").string() + ": cannot be created: No such file or directory");
}

// The kernel writes what fits of a piece, then says EFBIG as it would say ENOSPC.
BOOST_AUTO_TEST_CASE(a_piece_that_does_not_fit_leaves_nothing) {
  const std::string record(100, 'x');
  AppendFile file(*this / "a");
  {
    const FileSizeLimit limit(250);
    file.append(piece(record));
    file.append(piece(record));
    for (int i = 0; i < 2; ++i) {
      BOOST_TEST(error_of([&] { file.append(piece(record)); }) ==
                 (*this / "a").string() + ": cannot be written: File too large");
      BOOST_TEST(file.position() == 200);
      BOOST_TEST(fs::file_size(*this / "a") == 200U);
    }
    file.append(piece("a short piece still fits"));
  }
  file.append(piece("!"));
  BOOST_TEST(read_file(*this / "a") == record + record + "a short piece still fits!");
}

BOOST_AUTO_TEST_CASE(a_file_is_replaced_as_a_whole) {
  write_atomically(*this / "a", "old");
  BOOST_TEST(read_file(*this / "a") == "old");
  write_atomically(*this / "a", "new and longer");
  BOOST_TEST(read_file(*this / "a") == "new and longer");
  write_atomically(*this / "a", "");
  BOOST_TEST(read_file(*this / "a") == "");
  BOOST_TEST(files_in(path()) == 1U);
}

BOOST_AUTO_TEST_CASE(a_full_disk_leaves_the_old_file) {
  write_atomically(*this / "a", "old");
  {
    const FileSizeLimit limit(5);
    BOOST_TEST(error_of([&] { write_atomically(*this / "a", "new and longer"); }) ==
               (*this / "a").string() + ": cannot be written: File too large");
  }
  BOOST_TEST(read_file(*this / "a") == "old");
  BOOST_TEST(files_in(path()) == 1U);
}

// A folder in the way cannot be replaced by a file, whoever asks.
BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_put_in_place_leaves_nothing) {
  fs::create_directories(*this / "a/b");
  BOOST_TEST(error_of([&] { write_atomically(*this / "a", "x"); }) ==
             (*this / "a").string() + ": cannot be put in place: Is a directory");
  BOOST_TEST(error_of([&] { write_atomically(*this / "none/a", "x"); }) ==
             (*this / "none/a").string() + ": cannot be created: No such file or directory");
  BOOST_TEST(files_in(path()) == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
