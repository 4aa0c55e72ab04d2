#include "runner/command_line/signals.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <initializer_list>
#include <string_view>

#include "runner/plugin_host/within.h"

namespace assay::command_line {
namespace {

// This is global because a signal handler can reach nothing else.
std::atomic<int> received = 0;
static_assert(std::atomic<int>::is_always_lock_free);

// The time of the first signal, in nanoseconds of the steady clock; 0 before it.
std::atomic<std::int64_t> received_at = 0;
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

// Some programs send a signal twice where they mean one: timeout(1) to its child, and then to the
// group. Nobody presses Ctrl-C twice so fast.
constexpr std::int64_t one_signal = 50'000'000;

std::int64_t nanoseconds_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

std::atomic<unsigned> requests = 0;
static_assert(std::atomic<unsigned>::is_always_lock_free);

std::atomic<bool> at_terminal = false;
static_assert(std::atomic<bool>::is_always_lock_free);

std::atomic<const char*> answer = nullptr;
std::atomic<pid_t> companions = 0;
static_assert(std::atomic<const char*>::is_always_lock_free &&
              std::atomic<pid_t>::is_always_lock_free);

void write_all(std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts) {
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, part.data(), part.size());
  }
}

void end_at_once(int number) {
  if (const pid_t group = companions.load(); group > 0) kill(-group, SIGKILL);
  signal(number, SIG_DFL);
  raise(number);  // delivered when this returns
}

void remember(int number) {
  if (answer.load() == nullptr) return end_at_once(number);
  const std::int64_t now = nanoseconds_now();
  std::int64_t first = 0;
  if (!received_at.compare_exchange_strong(first, now)) {
    if (number == SIGHUP || now - first < one_signal) return;
    // The first signal is waiting for this code, so name it.
    if (const plugin_host::PluginCode code = plugin_host::Within::here(); code.what != nullptr)
      write_all({"assay: ended within ", code.what, "\n"});
    return end_at_once(number);
  }
  received = number;
  if (number != SIGINT || !at_terminal.load(std::memory_order_relaxed)) return;
  const std::string_view text = answer.load();
  if (text.empty()) return;
  const int error = errno;
  write_all({"\r\x1b[K", text, "; Ctrl-C again quits at once\n"});
  errno = error;
}

void request_checkpoint(int /*number*/) { requests.fetch_add(1, std::memory_order_relaxed); }

bool is_ignored(int number) {
  struct sigaction action {};
  return sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

const std::atomic<int>& stop_signal() { return received; }

const std::atomic<unsigned>& checkpoint_requests() { return requests; }

void answer_interrupts_with(const char* text) { answer = text; }

void end_together_with(pid_t group) { companions = group; }

void catch_signals() {
  at_terminal = isatty(STDERR_FILENO) != 0;
  struct sigaction action {};
  action.sa_handler = remember;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  if (!is_ignored(SIGHUP)) sigaction(SIGHUP, &action, nullptr);
  action.sa_handler = request_checkpoint;
  for (const int number : {SIGUSR1, SIGUSR2, SIGXCPU}) sigaction(number, &action, nullptr);
  action.sa_handler = SIG_IGN;
  action.sa_flags = 0;
  sigaction(SIGPIPE, &action, nullptr);
  sigaction(SIGXFSZ, &action, nullptr);
}

}  // namespace assay::command_line
