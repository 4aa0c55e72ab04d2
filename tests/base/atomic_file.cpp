#include "runner/base/atomic_file.h"

#include <boost/test/unit_test.hpp>
#include <set>

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

  std::set<std::string> names() const {
    std::set<std::string> found;
    for (const auto& entry : fs::directory_iterator(path()))
      found.insert(entry.path().filename().string());
    return found;
  }
  // Returns the name of the temporary file while there is one.
  std::string temporary() const {
    for (const std::string& name : names())
      if (name.ends_with(".part")) return name;
    return {};
  }
};

using Names = std::set<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(atomic_file, WithFolder)

BOOST_AUTO_TEST_CASE(a_file_is_replaced_as_a_whole) {
  write_atomically(folder, "a", "old");
  BOOST_TEST(read_file(*this / "a") == "old");
  write_atomically(*this / "a", "new and longer");
  BOOST_TEST(read_file(*this / "a") == "new and longer");
  write_atomically(folder, "a", "", Sync::later);
  BOOST_TEST(read_file(*this / "a") == "");
  BOOST_CHECK(names() == Names{"a"});
}

BOOST_AUTO_TEST_CASE(it_is_written_in_pieces_and_not_there_before_it_is_whole) {
  write_atomically(folder, "a", "old");
  AtomicFile file(folder, "a");
  file.write(bytes_of("one "));
  file.write({});
  file.write(bytes_of("two"));
  BOOST_TEST(read_file(*this / "a") == "old");
  file.commit();
  BOOST_TEST(read_file(*this / "a") == "one two");
  BOOST_CHECK(names() == Names{"a"});
}

BOOST_AUTO_TEST_CASE(what_is_not_committed_leaves_the_old_file) {
  write_atomically(folder, "a", "old");
  {
    AtomicFile file(folder, "a");
    file.write(bytes_of("new"));
    BOOST_TEST(names().size() == 2U);
  }
  BOOST_TEST(read_file(*this / "a") == "old");
  BOOST_CHECK(names() == Names{"a"});
}

BOOST_AUTO_TEST_CASE(a_full_disk_leaves_the_old_file) {
  write_atomically(folder, "a", "old");
  {
    const FileSizeLimit limit(5);
    BOOST_TEST(error_of([&] { write_atomically(folder, "a", "new and longer"); }) ==
               (*this / "a").string() + ": cannot be written: File too large");
  }
  BOOST_TEST(read_file(*this / "a") == "old");
  BOOST_CHECK(names() == Names{"a"});
}

// A folder with the same name cannot be replaced by a file, not even by root.
BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_put_in_place_leaves_nothing) {
  fs::create_directories(*this / "a/b");
  BOOST_TEST(error_of([&] { write_atomically(folder, "a", "x"); }) ==
             (*this / "a").string() + ": cannot be put in place: Is a directory");
  BOOST_TEST(error_of([&] { write_atomically(*this / "none/a", "x"); }) ==
             (*this / "none").string() + ": cannot be opened: No such file or directory");
  BOOST_CHECK(names() == Names{"a"});
}

BOOST_AUTO_TEST_CASE(a_link_is_replaced_and_not_followed) {
  write_file(*this / "victim", "mine");
  fs::create_symlink(*this / "victim", *this / "a");
  fs::create_symlink(*this / "victim", *this / "a.part");
  write_atomically(folder, "a", "new");
  BOOST_TEST(read_file(*this / "victim") == "mine");
  BOOST_TEST(!fs::is_symlink(*this / "a"));
  BOOST_TEST(read_file(*this / "a") == "new");
}

BOOST_AUTO_TEST_CASE(no_two_temporary_files_have_the_same_name) {
  Names seen;
  for (int i = 0; i < 20; ++i) {
    const AtomicFile file(folder, "a");
    seen.insert(temporary());
  }
  BOOST_TEST(seen.size() == 20U);
  for (const std::string& name : seen) BOOST_TEST(name.starts_with("a."), name);
}

BOOST_AUTO_TEST_CASE(what_a_dead_writer_left_does_no_harm) {
  std::string left;
  {
    const AtomicFile file(folder, "a");
    left = temporary();
  }
  write_file(*this / left, "half of it");
  write_atomically(folder, "a", "new");
  BOOST_TEST(read_file(*this / "a") == "new");
  BOOST_TEST(read_file(*this / left) == "half of it");
}

BOOST_AUTO_TEST_CASE(a_name_may_be_as_long_as_names_are) {
  const std::string name(255, 'x');
  write_atomically(folder, name, "a");
  BOOST_TEST(read_file(*this / name) == "a");
  const std::string longer(256, 'x');
  BOOST_TEST(error_of([&] { write_atomically(folder, longer, "a"); }) ==
             (*this / longer).string() + ": cannot be put in place: File name too long");
  BOOST_CHECK(names() == Names{name});
}

BOOST_AUTO_TEST_CASE(it_is_written_into_the_folder_that_was_opened) {
  const TemporaryFolder other;
  const fs::path home = other / "home", moved = other / "moved";
  fs::create_directory(home);
  const Folder held(home);
  AtomicFile file(held, "a");
  file.write(bytes_of("mine"));
  fs::rename(home, moved);
  fs::create_directory(home);
  file.commit();
  BOOST_TEST(read_file(moved / "a") == "mine");
  BOOST_TEST(fs::is_empty(home));
  fs::create_directory(moved / "b");
  BOOST_TEST(error_of([&] { write_atomically(held, "b", "x"); }) ==
             (moved / "b").string() + ": cannot be put in place: Is a directory");
}

BOOST_AUTO_TEST_SUITE_END()
