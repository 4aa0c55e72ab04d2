#include "runner/command_line/last_words.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <string_view>

#include "assay/stamp.h"
#include "runner/base/address_space.h"
#include "runner/base/mapped_file_loss.h"
#include "runner/base/standard_descriptors.h"
#include "runner/command_line/exit_code.h"
#include "runner/plugin_host/within.h"

namespace assay::command_line {
namespace {

using plugin_host::PluginCode;
using plugin_host::Within;

// These are global because a signal handler can reach nothing else.
std::atomic<pid_t> process = 0;
std::atomic<pid_t> speaker = 0;  // the thread that reports; another's report would be cut off
std::atomic<bool> as_json = false;
std::atomic<bool> main_runs = false;
std::atomic<int> error_output = STDERR_FILENO;
static_assert(std::atomic<pid_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

// A line that is written at once. It is truncated if it is too long.
class Line {
 public:
  void add(std::string_view text) {
    for (const char c : text) put(c);
  }
  // Adds text within a JSON string.
  void add_escaped(std::string_view text) {
    for (const char c : text) {
      if (c == '"' || c == '\\') put('\\');
      put(static_cast<unsigned char>(c) < ' ' ? ' ' : c);
    }
  }
  void write() const {
    [[maybe_unused]] const ssize_t written = ::write(error_output, text_.data(), size_);
  }

 private:
  void put(char c) {
    if (size_ < text_.size()) text_[size_++] = c;
  }
  std::array<char, 8192> text_;
  std::size_t size_ = 0;
};

void say(std::initializer_list<std::string_view> parts) {
  Line line;
  line.add(as_json ? R"({"severity":"error","file":null,"source":null,"line":1,"column":1,)"
                     R"("end_column":1,"key":"","message":")"
                   : "assay: error: ");
  for (const std::string_view part : parts) {
    if (as_json) line.add_escaped(part);
    else line.add(part);
  }
  line.add(as_json ? R"(","hint":"","config":null})"
                     "\n"
                   : "\n");
  line.write();
}

void blame(const PluginCode& code, std::string_view what, std::string_view name) {
  say({code.what, ": ", what, name, "; `assay plugins check ", code.libraries,
       "` looks for the cause"});
}

// Reports if memory had nearly run out, and returns whether it had: a library that is refused
// memory may crash, whoever calls it.
bool told_of_memory(const PluginCode& code, std::string_view signal) {
  const auto memory = base::AddressSpace::of_this_process();
  if (!memory || !memory->has_run_out()) return false;
  std::array<char, 24> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), memory->limit / 1'000'000).ptr;
  const std::string_view megabytes(digits.data(), static_cast<std::size_t>(end - digits.data()));
  constexpr std::string_view before = " when nearly all memory was used that `ulimit -v` allows (";
  constexpr std::string_view after = " MB); raise that limit";
  if (code.what == nullptr) say({"killed by SIG", signal, before, megabytes, after});
  else
    say({code.what, ": killed by SIG", signal, before, megabytes, after,
         ", and if that does not help, `assay plugins check ", code.libraries,
         "` looks for the cause"});
  return true;
}

// Names the mapped file that ended before its data, and returns whether there was one.
bool told_of_file(const siginfo_t& signal) {
  if (signal.si_signo != SIGBUS || signal.si_code != BUS_ADRERR) return false;
  const base::MappedFile file(signal.si_addr);
  if (file.path().empty()) return false;
  say({"killed by SIGBUS: ", file.path(),
       ": the file was cut short, or its disk failed, while it was mapped into memory"});
  return true;
}

void when_killed(int number, siginfo_t* signal_info, void* /*context*/) {
  if (number == SIGBUS && base::MappedFileWatch::lend_zeros(*signal_info)) return;
  pid_t nobody = 0;
  if (getpid() == process && !speaker.compare_exchange_strong(nobody, gettid()) &&
      nobody != gettid())
    for (;;) pause();  // the process ends when the other thread has reported
  if (getpid() == process && nobody == 0 && !told_of_file(*signal_info)) {
    const char* abbreviation = sigabbrev_np(number);
    const std::string_view name = abbreviation != nullptr ? abbreviation : "?";
    const PluginCode code = Within::here();
    if (told_of_memory(code, name)) {
      // nobody is to blame
    } else if (code.what != nullptr) {
      blame(code, "killed by SIG", name);
    } else {
      say({"killed by SIG", name,
           " outside of calls into plugins; a plugin's own thread, or a plugin that wrote where it "
           "must not, can be the cause: `assay plugins check FILE` tests a plugin"});
    }
  }
  signal(number, SIG_DFL);  // only now: a signal of another thread would end the report
  raise(number);            // delivered when this returns
}

void at_exit() {
  const PluginCode code = Within::here();
  if (getpid() != process || (code.what == nullptr && !main_runs)) return;
  std::fflush(nullptr);
  if (code.what != nullptr) blame(code, "called exit()", {});
  else say({"a plugin's own thread called exit(); `assay plugins check FILE` tests a plugin"});
  _exit(run_failed);
}

void catch_signals_of_death() {
  static std::array<std::byte, 65536> own_stack;  // a function's own stack may have overflowed
  stack_t stack{};
  stack.ss_sp = own_stack.data();
  stack.ss_size = own_stack.size();
  sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_sigaction = when_killed;
  action.sa_flags = SA_ONSTACK | SA_SIGINFO;
  for (const int number : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS})
    sigaction(number, &action, nullptr);
}

}  // namespace

void catch_last_words(bool json) {
  as_json = json;
  if (process.exchange(getpid()) == getpid()) return;
  static const base::FileDescriptor own = base::duplicate(STDERR_FILENO);  // nobody else closes it
  if (own.get() >= 0) error_output = own.get();
  if (stamp::sanitizers == "none") catch_signals_of_death();
  std::atexit(at_exit);
  std::at_quick_exit(at_exit);
}

MainRuns::MainRuns() { main_runs = true; }
MainRuns::~MainRuns() { main_runs = false; }

}  // namespace assay::command_line
