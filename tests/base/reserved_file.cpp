#include "runner/base/reserved_file.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <vector>

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
  ReservedFile file{folder, "a"};

  std::string text() const { return read_file(*this / "a"); }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(path()), fs::directory_iterator()));
  }
};

// Prevents opening files: as on a full disk, only files that are already open are usable.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit now{0, before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &now);
  }
  NoMoreFiles(const NoMoreFiles&) = delete;
  NoMoreFiles& operator=(const NoMoreFiles&) = delete;
  ~NoMoreFiles() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

// Prevents creating and renaming files in the folder. Root is exempt, so root becomes nobody.
class FrozenFolder {
 public:
  explicit FrozenFolder(const fs::path& path) : path_(path) {
    constexpr uid_t nobody = 65534;
    if (geteuid() == 0) {
      for (const auto& entry : fs::directory_iterator(path))
        if (chown(entry.path().c_str(), nobody, nobody) != 0) frozen_ = false;
      if (chown(path.c_str(), nobody, nobody) != 0 || seteuid(nobody) != 0) frozen_ = false;
      was_root_ = true;
    }
    chmod(path.c_str(), 0500);
  }
  FrozenFolder(const FrozenFolder&) = delete;
  FrozenFolder& operator=(const FrozenFolder&) = delete;
  ~FrozenFolder() {
    chmod(path_.c_str(), 0700);
    if (was_root_ && seteuid(0) != 0) std::abort();
  }
  bool frozen() const { return frozen_; }

 private:
  fs::path path_;
  bool frozen_ = true, was_root_ = false;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(reserved_file, WithFolder)

BOOST_AUTO_TEST_CASE(it_is_replaced_as_a_whole) {
  file.replace("one\n", 100, Sync::later);
  BOOST_TEST(text() == "one\n");
  file.replace("two and longer\n", 100, Sync::now);
  BOOST_TEST(text() == "two and longer\n");
  file.replace("3\n", 100, Sync::now);
  BOOST_TEST(text() == "3\n");
  BOOST_TEST(files() == 2U);  // and the spare one
}

BOOST_AUTO_TEST_CASE(the_spare_file_is_removed_in_the_end) {
  { ReservedFile(folder, "b").replace("x", 100, Sync::later); }
  BOOST_TEST(files() == 1U);
}

BOOST_AUTO_TEST_CASE(the_spare_file_has_its_room) {
  file.replace("x", 100'000, Sync::later);
  std::uint64_t blocks = 0;
  for (const auto& entry : fs::directory_iterator(path())) {
    struct stat found {};
    BOOST_TEST(stat(entry.path().c_str(), &found) == 0);
    blocks = std::max(blocks, static_cast<std::uint64_t>(found.st_blocks));
    BOOST_TEST(found.st_size <= 1);
  }
  BOOST_TEST(blocks * 512 >= 100'000U);
}

BOOST_AUTO_TEST_CASE(the_spare_file_takes_its_place_where_no_other_can_be_made) {
  file.replace("one\n", 100, Sync::later);
  {
    const NoMoreFiles limit;
    file.replace("two and longer\n", 100, Sync::now);
    // Now there is no spare file, and none can be created.
    BOOST_TEST(error_of([&] { file.replace("three\n", 100, Sync::now); }) ==
               (*this / "a").string() + ": cannot be created: Too many open files");
  }
  BOOST_TEST(text() == "two and longer\n");
  BOOST_TEST(files() == 1U);
  file.replace("three\n", 100, Sync::now);
  BOOST_TEST(text() == "three\n");
}

BOOST_AUTO_TEST_CASE(it_is_written_over_where_nothing_can_be_renamed) {
  file.replace("something\n", 100, Sync::later);
  {
    const FrozenFolder frozen(path());
    if (frozen.frozen()) {
      file.replace("short\n", 100, Sync::now);
      BOOST_TEST(text() == "short    \n");
      BOOST_TEST(error_of([&] { file.replace("longer than it was\n", 100, Sync::now); }) ==
                 (*this / "a").string() + ": cannot be created: Permission denied");
      BOOST_TEST(text() == "short    \n");
    }
  }
}

BOOST_AUTO_TEST_CASE(where_nothing_helps_the_old_content_stays) {
  file.replace("something\n", 100, Sync::later);
  const FileSizeLimit limit(12);
  BOOST_TEST(error_of([&] { file.replace("longer than the limit\n", 100, Sync::now); }) ==
             (*this / "a").string() + ": cannot be written: File too large");
  BOOST_TEST(text() == "something\n");
}

BOOST_AUTO_TEST_SUITE_END()
