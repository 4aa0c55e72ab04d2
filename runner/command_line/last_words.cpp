#include "runner/command_line/last_words.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <string_view>

#include "assay/stamp.h"
#include "runner/command_line/exit_code.h"
#include "runner/plugin_host/within.h"

namespace assay::command_line {
namespace {

using plugin_host::PluginCode;
using plugin_host::Within;

// A signal handler can reach nothing but globals.
std::atomic<pid_t> process = 0;
static_assert(std::atomic<pid_t>::is_always_lock_free);

void write_parts(std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) {
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, part.data(), part.size());
  }
}

void blame(const PluginCode& code, std::string_view what, std::string_view name) {
  write_parts({"assay: error: ", code.what, ": ", what, name, "; `assay plugins check ",
               code.libraries, "` looks for the cause\n"});
}

void when_killed(int number) {
  const char* abbreviation = sigabbrev_np(number);
  const std::string_view name = abbreviation != nullptr ? abbreviation : "?";
  if (const PluginCode code = Within::here(); code.what != nullptr)
    blame(code, "killed by SIG", name);
  else
    write_parts({"assay: error: killed by SIG", name,
                 ", in no plugin's code. One that wrote where it must not can be the cause: `assay "
                 "plugins check FILE` tries it\n"});
  raise(number);  // its handler is the default one again: comes when this one returns
}

void at_exit() {
  const PluginCode code = Within::here();
  if (code.what == nullptr || getpid() != process) return;
  std::fflush(nullptr);
  blame(code, "called exit()", {});
  _exit(run_failed);
}

void catch_signals_of_death() {
  static std::array<std::byte, 65536> own_stack;  // that of a function may be what is full
  stack_t stack{};
  stack.ss_sp = own_stack.data();
  stack.ss_size = own_stack.size();
  sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_handler = when_killed;
  action.sa_flags = SA_ONSTACK | static_cast<int>(SA_RESETHAND);
  for (const int number : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS})
    sigaction(number, &action, nullptr);
}

}  // namespace

void catch_last_words() {
  if (process.exchange(getpid()) == getpid()) return;
  if (stamp::sanitizers == "none") catch_signals_of_death();
  std::atexit(at_exit);
}

}  // namespace assay::command_line
