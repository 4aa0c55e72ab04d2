#include "runner/command_line/signals.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>

#include "runner/plugin_host/within.h"

namespace assay::command_line {
namespace {

// A signal handler can reach nothing but globals.
std::atomic<int> received = 0;
static_assert(std::atomic<int>::is_always_lock_free);

std::atomic<bool> at_terminal = false;
static_assert(std::atomic<bool>::is_always_lock_free);

// The second one: the code that the first one waited for is told.
void end_at_once(int number) {
  if (const plugin_host::PluginCode code = plugin_host::Within::here(); code.what != nullptr)
    for (const std::string_view part : {"assay: ended within ", code.what, "\n"}) {
      [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, part.data(), part.size());
    }
  signal(number, SIG_DFL);
  raise(number);  // comes when this returns
}

void remember(int number) {
  if (received.exchange(number, std::memory_order_relaxed) != 0) return end_at_once(number);
  if (number != SIGINT || !at_terminal.load(std::memory_order_relaxed)) return;
  const int error = errno;
  constexpr std::string_view notice =
      "\r\x1b[Kstopping after this step; Ctrl-C again quits at once\n";
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, notice.data(), notice.size());
  errno = error;
}

bool is_ignored(int number) {
  struct sigaction action {};
  return sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

const std::atomic<int>& stop_signal() { return received; }

void catch_signals() {
  at_terminal = isatty(STDERR_FILENO) != 0;
  struct sigaction action {};
  action.sa_handler = remember;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  if (!is_ignored(SIGHUP)) sigaction(SIGHUP, &action, nullptr);
  action.sa_handler = SIG_IGN;
  action.sa_flags = 0;
  sigaction(SIGPIPE, &action, nullptr);
  sigaction(SIGXFSZ, &action, nullptr);
}

}  // namespace assay::command_line
