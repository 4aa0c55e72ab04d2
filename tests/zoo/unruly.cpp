// A schedule whose library changes the process around it, or leaves something behind (HOW, set by
// the build), when it is loaded or when the schedule is created.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <locale>
#include <string>
#include <string_view>
#include <thread>

#include "assay/plugin.h"
#include "assay/schedule.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

namespace {

constexpr std::string_view how = TEXT(HOW);

[[noreturn]] void stay() {
  for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
}

// test_zoo.py finds the process by this name.
[[noreturn]] void stay_under_a_name() {
  prctl(PR_SET_NAME, "left_by_zoo");
  stay();
}

void write_everywhere(std::string_view text) {
  for (int file = 3; file < 4096; ++file) write(file, text.data(), text.size());
}

// Writes a report as if everything had passed, like the process's own except for its random word.
void forge(const std::string& word) {
  for (const char* line : {R"({"verdict":0,"text":"","seconds":0,"kilobytes":0})",
                           R"({"step":1,"subject":"library","name":"ends with the process"})"})
    write_everywhere(word + line + "\n");
}

struct Joined {
  std::thread thread;
  ~Joined() {
    if (thread.joinable()) thread.join();
  }
};
Joined joined;

[[maybe_unused]] const bool loaded = [] {
  if (how == "goes_on_twice" && fork() < 0) return false;
  if (how == "leaves_a_process" && fork() == 0) stay_under_a_name();
  if (how == "leaves_a_daemon" && fork() == 0) {
    setsid();
    if (fork() == 0) stay_under_a_name();
    _exit(0);
  }
  if (how == "leaves_a_thread") std::thread(stay).detach();
  if (how == "waits_for_a_thread") joined.thread = std::thread(stay);
  if (how == "floods_the_terminal")
    for (;;) write(STDOUT_FILENO, how.data(), how.size());
  if (how == "scribbles") write_everywhere("noise\n");
  if (how == "scribbles_half_a_line") write_everywhere("noise");
  if (how == "floods_everything")
    for (const std::string page(4096, 'x');;) write_everywhere(page);
  if (how == "closes_everything") closefrom(3);
  if (how == "moves") chdir("/");
  if (how == "masks_files") umask(0777);
  if (how == "speaks_otherwise") std::setlocale(LC_ALL, "C.UTF-8");
  if (how == "writes_otherwise") std::locale::global(std::locale("C.UTF-8"));
  if (how == "is_deaf") std::signal(SIGINT, SIG_IGN);
  if (how == "is_deaf_to_others")
    for (const int signal : {SIGFPE, SIGUSR1, SIGALRM, SIGRTMIN + 3}) std::signal(signal, SIG_IGN);
  if (how == "blocks_signals") {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGWINCH);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
  }
  if (how == "closes_output") close(STDOUT_FILENO);
  if (how == "replaces_error") dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
  if (how == "sets_variables") {
    setenv("ASSAY_OF_THE_ZOO", "1", 1);
    setenv("PATH", "/", 1);
  }
  if (how == "limits_files") {
    const rlimit few{64, 64};
    setrlimit(RLIMIT_NOFILE, &few);
  }
  if (how == "sets_an_alarm") alarm(3600);
  if (how == "terminates_otherwise") std::set_terminate([] { _exit(1); });
  if (how == "forges") forge({});
  if (how == "forges_a_word") forge(std::string(32, '0') + " ");
  return true;
}();

class Schedule final : public assay::Schedule {
 public:
  static constexpr assay::About about = {.name = "unruly", .doc = "Does what it should not."};
  Schedule() {
    if (how == "moves_when_made") chdir("/");
    if (how == "masks_files_when_made") umask(0777);
  }
  double value(std::int64_t /*count*/) const override { return 0.1; }
};

}  // namespace

ASSAY_PLUGIN("unruly", "1.0.0", "MIT", Schedule)
