#include "runner/base/git_state.h"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <filesystem>

#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using namespace assay::test;
using assay::base::git_state;
namespace fs = std::filesystem;

namespace {

// A folder outside any repository, and git that looks at no settings of the user's.
struct WorkingFolder {
  WorkingFolder() : before(fs::current_path()) {
    fs::current_path(folder.path());
    setenv("GIT_CEILING_DIRECTORIES", folder.path().c_str(), 1);
    setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
  }
  ~WorkingFolder() { fs::current_path(before); }
  static void git(const std::string& arguments) {
    const std::string command =
        "git -c user.name=a -c user.email=a@b " + arguments + " >/dev/null 2>&1";
    BOOST_REQUIRE(std::system(command.c_str()) == 0);
  }
  TemporaryFolder folder;
  fs::path before;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(git, WorkingFolder)

BOOST_AUTO_TEST_CASE(nothing_outside_a_repository_and_before_the_first_commit) {
  BOOST_CHECK(!git_state());
  git("init");
  BOOST_CHECK(!git_state());
}

BOOST_AUTO_TEST_CASE(a_commit_is_dirty_once_a_tracked_file_differs) {
  git("init");
  write_file("a", "1");
  git("add a");
  git("commit -m a");
  const auto clean = git_state();
  BOOST_REQUIRE(clean.has_value());
  BOOST_TEST(clean->commit.size() == 40U);
  BOOST_TEST(clean->commit.find_first_not_of("0123456789abcdef") == std::string::npos);
  BOOST_TEST(!clean->dirty);
  write_file("untracked", "x");
  BOOST_TEST(!git_state()->dirty);
  write_file("a", "2");
  const auto dirty = git_state();
  BOOST_TEST(dirty->dirty);
  BOOST_TEST(dirty->commit == clean->commit);
}

BOOST_AUTO_TEST_CASE(nothing_where_git_is_missing) {
  git("init");
  const std::string path = std::getenv("PATH");
  setenv("PATH", folder.path().c_str(), 1);
  const auto state = git_state();
  setenv("PATH", path.c_str(), 1);
  BOOST_CHECK(!state);
}

BOOST_AUTO_TEST_SUITE_END()
