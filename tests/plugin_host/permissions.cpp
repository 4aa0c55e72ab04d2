#include "runner/plugin_host/permissions.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/plugin_host/plugins.h"
#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using namespace assay::test;
using assay::plugin_host::unsafe_permissions;
namespace fs = std::filesystem;

namespace {

struct Library {
  Library() {
    fs::create_directory(folder);
    write_file(file, "x");
    chmod(folder.c_str(), 0755);
    chmod(file.c_str(), 0644);
  }
  TemporaryFolder root;
  fs::path folder = root / "plugins";
  fs::path file = folder / "x.so";
};

}  // namespace

BOOST_AUTO_TEST_SUITE(permissions)

BOOST_FIXTURE_TEST_CASE(a_library_of_ones_own_may_be_loaded, Library) {
  BOOST_TEST(unsafe_permissions(file) == "");
  BOOST_REQUIRE(chmod(file.c_str(), 0664) == 0);  // the user's own group
  BOOST_TEST(unsafe_permissions(file) == "");
}

BOOST_FIXTURE_TEST_CASE(a_library_that_everybody_can_write_is_refused, Library) {
  BOOST_REQUIRE(chmod(file.c_str(), 0666) == 0);
  BOOST_TEST(unsafe_permissions(file) ==
             "everybody can write to " + file.string() + "; chmod o-w " + file.string());
}

BOOST_FIXTURE_TEST_CASE(a_folder_that_everybody_can_write_is_refused_unless_sticky, Library) {
  BOOST_REQUIRE(chmod(folder.c_str(), 0777) == 0);
  BOOST_TEST(unsafe_permissions(file) ==
             "everybody can write to " + folder.string() + "; chmod o-w " + folder.string());
  BOOST_REQUIRE(chmod(folder.c_str(), 01777) == 0);
  BOOST_TEST(unsafe_permissions(file) == "");
}

BOOST_FIXTURE_TEST_CASE(what_a_link_leads_to_counts, Library) {
  const fs::path link = root / "link.so";
  fs::create_symlink(file, link);
  BOOST_TEST(unsafe_permissions(link) == "");
  BOOST_REQUIRE(chmod(folder.c_str(), 0777) == 0);
  check_contains(unsafe_permissions(link), "everybody can write to " + folder.string());
  BOOST_REQUIRE(chmod(folder.c_str(), 0755) == 0);
  BOOST_REQUIRE(chmod(root.path().c_str(), 0777) == 0);
  check_contains(unsafe_permissions(link), "everybody can write to " + root.path().string());
}

BOOST_FIXTURE_TEST_CASE(a_missing_file_cannot_be_examined, Library) {
  BOOST_TEST(unsafe_permissions(folder / "y.so") ==
             (folder / "y.so").string() + " cannot be examined");
}

// Only root can give files to other users.
BOOST_FIXTURE_TEST_CASE(a_library_of_somebody_else_is_refused, Library) {
  if (geteuid() != 0) {
    BOOST_TEST_MESSAGE("not root: skipped");
    return;
  }
  BOOST_REQUIRE(chown(file.c_str(), 12345, 0) == 0);
  check_contains(unsafe_permissions(file), "belongs to another user (uid 12345)");
  BOOST_REQUIRE(chown(file.c_str(), 0, 12345) == 0);
  BOOST_REQUIRE(chmod(file.c_str(), 0664) == 0);
  check_contains(unsafe_permissions(file), "group 12345 can write to " + file.string());
}

BOOST_AUTO_TEST_SUITE_END()
