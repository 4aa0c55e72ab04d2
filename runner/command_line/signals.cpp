#include "runner/command_line/signals.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string_view>

namespace assay::command_line {
namespace {

// A signal handler can reach nothing but globals.
std::atomic<int> received = 0;
static_assert(std::atomic<int>::is_always_lock_free);

std::atomic<bool> at_terminal = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void remember(int number) {
  received.store(number, std::memory_order_relaxed);
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
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  if (!is_ignored(SIGHUP)) sigaction(SIGHUP, &action, nullptr);
  action.sa_handler = SIG_IGN;
  action.sa_flags = 0;
  sigaction(SIGPIPE, &action, nullptr);
  sigaction(SIGXFSZ, &action, nullptr);
}

}  // namespace assay::command_line
