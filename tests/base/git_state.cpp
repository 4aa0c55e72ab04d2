#include "runner/base/git_state.h"

#include <fmt/format.h>
#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "tests/support/bytes.h"
#include "tests/support/temporary_folder.h"

using namespace assay::test;
using assay::base::GitQuery;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

// A folder outside any repository, where git ignores the user's settings.
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

std::optional<assay::base::GitState> git_state() { return GitQuery().answer(1min); }

// Replaces git by another program during its lifetime.
struct OtherGit : TemporaryFolder {
  explicit OtherGit(const std::string& script) : before(std::getenv("PATH")) {
    write_file(*this / "git", "#!/bin/sh\n" + script);
    fs::permissions(*this / "git", fs::perms::owner_all);
    setenv("PATH", (path().string() + ":" + before).c_str(), 1);
  }
  ~OtherGit() { setenv("PATH", before.c_str(), 1); }
  std::string before;
};

bool is_gone(pid_t process) { return kill(process, 0) != 0 && errno == ESRCH; }

// Expects that the process whose number is in the file `child` ends. Its new parent may take a
// moment to reap it.
void expect_end_of_child() {
  const pid_t child = std::stoi(read_file("child"));
  const auto is_dead = [&] {
    return is_gone(child) ||
           read_file(fmt::format("/proc/{}/stat", child)).find(") Z") != std::string::npos;
  };
  for (int i = 0; i < 6000 && !is_dead(); ++i) std::this_thread::sleep_for(10ms);
  BOOST_TEST(is_dead());
}

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

BOOST_AUTO_TEST_CASE(a_git_that_hangs_is_ended_with_what_it_started) {
  const OtherGit other("sleep 600 & echo $! > child; wait\n");
  pid_t git = 0;
  {
    GitQuery query;
    git = query.process();
    BOOST_REQUIRE(git > 0);
    while (!fs::exists("child") || fs::is_empty("child")) std::this_thread::sleep_for(1ms);
    BOOST_CHECK(!query.answer(0ms));
    BOOST_TEST(query.problem() == "");  // it may answer yet
    query.end();
    BOOST_TEST(query.problem() == "git did not answer in time");
    BOOST_TEST(query.process() == 0);
  }
  BOOST_TEST(is_gone(git));
  expect_end_of_child();
}

BOOST_AUTO_TEST_CASE(what_git_leaves_behind_is_not_waited_for_but_ended) {
  const OtherGit other("echo '# branch.oid 123'; sleep 600 & echo $! > child\n");
  BOOST_TEST(git_state()->commit == "123");
  expect_end_of_child();
}

BOOST_AUTO_TEST_CASE(a_git_that_never_stops_talking_is_believed_as_far_as_it_makes_sense) {
  {
    const OtherGit other("echo '# branch.oid 123'; exec yes 1 .M\n");
    BOOST_TEST(git_state()->dirty);
  }
  const OtherGit other("exec yes '#'\n");
  GitQuery query;
  BOOST_CHECK(!query.answer(1min));
  BOOST_TEST(query.problem() == "git did not answer in time");
}

BOOST_AUTO_TEST_CASE(a_git_that_fails_has_no_answer) {
  const OtherGit other("echo '# branch.oid 123'; exit 1\n");
  GitQuery query;
  BOOST_CHECK(!query.answer(1min));
  BOOST_TEST(query.problem() == "");
}

// Neither a prompt nor a message may reach the user who watches the run.
BOOST_AUTO_TEST_CASE(git_has_no_terminal_and_takes_no_locks) {
  setenv("GIT_OPTIONAL_LOCKS", "1", 1);
  const OtherGit other(
      "env > environment; cat > input; echo words >&2; (: > /dev/tty) 2>/dev/null && touch tty\n"
      "echo '# branch.oid 123'\n");
  BOOST_TEST(git_state()->commit == "123");
  const std::string environment = read_file("environment");
  for (const char* setting : {"GIT_OPTIONAL_LOCKS=0\n", "GIT_TERMINAL_PROMPT=0\n"})
    BOOST_TEST(environment.find(setting) != environment.npos);
  BOOST_TEST(environment.find("GIT_OPTIONAL_LOCKS=1") == environment.npos);
  BOOST_TEST(fs::is_empty("input"));
  BOOST_TEST(!fs::exists("tty"));
}

BOOST_AUTO_TEST_CASE(the_answer_of_another_process_is_taken_without_asking_git) {
  const OtherGit other("touch asked");
  using Answer = std::optional<assay::base::GitState>;
  for (const Answer& answer : {Answer(), Answer({"abc", false}), Answer({"abc", true})}) {
    const std::string entry = assay::base::environment_entry(answer);
    const std::size_t equals = entry.find('=');
    setenv(entry.substr(0, equals).c_str(), entry.substr(equals + 1).c_str(), 1);
    const Answer taken = git_state();
    unsetenv(entry.substr(0, equals).c_str());
    BOOST_REQUIRE(taken.has_value() == answer.has_value());
    if (answer) BOOST_TEST((taken->commit == answer->commit && taken->dirty == answer->dirty));
  }
  BOOST_TEST(!fs::exists("asked"));
}

BOOST_AUTO_TEST_SUITE_END()
