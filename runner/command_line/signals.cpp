#include "runner/command_line/signals.h"

#include <csignal>

namespace assay::command_line {
namespace {

// A signal handler can reach nothing but a global.
std::atomic<int> received = 0;
static_assert(std::atomic<int>::is_always_lock_free);

void remember(int number) { received.store(number, std::memory_order_relaxed); }

}  // namespace

const std::atomic<int>& stop_signal() { return received; }

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = remember;
  action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  action.sa_handler = SIG_IGN;
  action.sa_flags = 0;
  sigaction(SIGPIPE, &action, nullptr);
  sigaction(SIGXFSZ, &action, nullptr);
}

}  // namespace assay::command_line
