#include "runner/base/regular_file.h"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <vector>

#include "tests/base/error_of.h"
#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using namespace assay::base;
using namespace assay::test;

BOOST_FIXTURE_TEST_SUITE(regular_file, TemporaryFolder)

BOOST_AUTO_TEST_CASE(only_a_regular_file_is_opened) {
  write_file(*this / "file", "abc");
  BOOST_REQUIRE(mkfifo((*this / "pipe").c_str(), 0600) == 0);
  const OpenedFile file = open_regular_file((*this / "file").string());
  BOOST_TEST(file.error == 0);
  BOOST_TEST(file.descriptor.get() >= 0);
  BOOST_TEST(file.size == 3U);
  for (const auto& [path, kind] : {std::pair{(*this / "pipe").string(), FileKind::pipe},
                                   {path().string(), FileKind::folder},
                                   {std::string("/dev/null"), FileKind::device}}) {
    const OpenedFile other = open_regular_file(path);
    BOOST_CHECK(other.kind == kind);
    BOOST_TEST(other.descriptor.get() < 0);
    BOOST_TEST(other.error == 0);
  }
  const OpenedFile none = open_regular_file((*this / "none").string());
  BOOST_TEST(none.error == ENOENT);
  BOOST_TEST(none.descriptor.get() < 0);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_read_is_told_with_its_path) {
  write_file(*this / "file", "abc");
  const std::string at = (*this / "file").string() + ": cannot be read: ";
  const RegularFile file(*this / "file");
  std::vector<std::byte> bytes(2);
  file.read(1, bytes);
  BOOST_TEST((bytes.back() == std::byte{'c'}));
  BOOST_TEST(error_of([&] { file.read(2, bytes); }) == at + "it ends 1 byte too early");
  BOOST_TEST(error_of([&] { RegularFile folder(path()); }) ==
             path().string() + ": cannot be read: expected a file, found a folder");
  BOOST_TEST(error_of([&] { RegularFile other(*this / "none"); }) ==
             (*this / "none").string() + ": cannot be read: No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()
