// Tests that changes of the state that plugins share with the host are detected and undone.
#include "runner/plugin_host/process_state.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cfenv>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <locale>
#include <string>
#include <vector>

using namespace assay::plugin_host;

namespace {

struct Change {
  const char* told;
  std::function<void()> make;
};

// Returns the changes. The test that makes one of them also undoes it.
const std::vector<Change>& all_changes() {
  static const std::vector<Change> changes = {
      {"the working folder (now /)", [] { std::filesystem::current_path("/"); }},
      {"the umask (now 027)", [] { umask(027); }},
      {"the environment (ASSAY_A, ASSAY_B)",
       [] {
         setenv("ASSAY_A", "2", 1);
         setenv("ASSAY_B", "", 1);
       }},
      {"the C locale (now C.UTF-8)", [] { std::setlocale(LC_ALL, "C.UTF-8"); }},
      {"the locale of streams (now C.UTF-8)",
       [] {
         std::locale::global(
             std::locale(std::locale(), std::locale("C.UTF-8"), std::locale::ctype));
         std::setlocale(LC_ALL, "C");
       }},
      {"the limit RLIMIT_CORE",
       [] {
         rlimit limit{};
         getrlimit(RLIMIT_CORE, &limit);
         limit.rlim_cur = limit.rlim_cur == 0 ? limit.rlim_max : 0;
         setrlimit(RLIMIT_CORE, &limit);
       }},
      {"standard input (closed)", [] { close(STDIN_FILENO); }},
      {"standard output (another file)",
       [] {
         const int file = open("/dev/full", O_WRONLY | O_CLOEXEC);
         dup2(file, STDOUT_FILENO);
         close(file);
       }},
      {"what SIGUSR1 does", [] { std::signal(SIGUSR1, SIG_IGN); }},
      {"what SIGUSR2 does",
       [] {
         sigset_t set;
         sigemptyset(&set);
         sigaddset(&set, SIGUSR2);
         pthread_sigmask(SIG_BLOCK, &set, nullptr);
       }},
      {"a timer (it sets an alarm)", [] { alarm(3600); }},
      {"what std::terminate does", [] { std::set_terminate([] { std::abort(); }); }},
      {"the floating-point mode", [] { std::fesetround(FE_UPWARD); }},
  };
  return changes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(process_state)

BOOST_AUTO_TEST_CASE(every_change_is_told_and_undone) {
  setenv("ASSAY_A", "1", 1);
  for (const Change& change : all_changes()) {
    const ProcessState state;
    BOOST_TEST(state.changes() == "");
    change.make();
    const std::string told = state.changes();
    state.restore();
    BOOST_TEST(state.changes() == "");
    if (std::string(change.told).starts_with("the limit") && told.empty()) continue;  // it is 0
    if (std::string(change.told).starts_with("the locale")) BOOST_TEST(told != "");
    else BOOST_TEST(told == change.told);
  }
  unsetenv("ASSAY_A");
}

BOOST_AUTO_TEST_CASE(several_changes_are_told_in_one_line) {
  const std::string before = std::filesystem::current_path();
  std::string told;
  {
    KeptProcessState state;
    umask(0777);
    std::filesystem::current_path("/");
    told = state.restore();
  }
  BOOST_TEST(told == "the working folder (now /), the umask (now 777); this was undone");
  BOOST_TEST(std::filesystem::current_path() == before);
}

BOOST_AUTO_TEST_CASE(it_is_kept_where_something_is_thrown) {
  const std::string before = std::filesystem::current_path();
  try {
    const KeptProcessState state;
    std::filesystem::current_path("/");
    throw 1;
  } catch (int) {
  }
  BOOST_TEST(std::filesystem::current_path() == before);
}

BOOST_AUTO_TEST_CASE(descriptors_stay_where_files_may_have_got_their_numbers) {
  const ProcessState state;
  close(STDIN_FILENO);
  state.restore_beside_open_files();
  BOOST_TEST(state.changes() == "");
  close(STDIN_FILENO);
  const int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  BOOST_REQUIRE(file == STDIN_FILENO);
  umask(0777);
  state.restore_beside_open_files();
  BOOST_TEST(state.changes() == "standard input (another file)");
  state.restore();
  BOOST_TEST(state.changes() == "");
}

BOOST_AUTO_TEST_SUITE_END()
