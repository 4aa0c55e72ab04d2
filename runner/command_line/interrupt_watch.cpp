#include "runner/command_line/interrupt_watch.h"

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <initializer_list>
#include <new>
#include <string>
#include <string_view>
#include <system_error>

#include "runner/command_line/signals.h"
#include "runner/plugin_host/within.h"

namespace assay::command_line {
namespace {

using namespace std::chrono_literals;

// Asks a thread which code it runs. The signal is ignored by default, so a late one does no harm.
constexpr int question = SIGURG;

// This is global because a signal handler can reach nothing else.
std::atomic<bool> answered = false;
static_assert(std::atomic<bool>::is_always_lock_free);

// Runs on the thread that is asked, so its texts stay valid meanwhile.
void answer(int /*number*/) {
  const plugin_host::PluginCode code = plugin_host::Within::here();
  if (code.what == nullptr || answered.exchange(true)) return;
  const int error = errno;
  for (const std::string_view part : {"assay: waiting for ", code.what,
                                      ", which has not returned; Ctrl-C again ends the run\n"}) {
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, part.data(), part.size());
  }
  errno = error;
}

void ask_all_threads() {
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc/self/task", error), end;
       !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    pid_t thread = 0;
    std::from_chars(name.data(), name.data() + name.size(), thread);
    if (thread != gettid()) tgkill(getpid(), thread, question);
  }
}

}  // namespace

InterruptWatch::InterruptWatch() {
  struct sigaction action {};
  action.sa_handler = answer;
  action.sa_flags = SA_RESTART;
  sigaction(question, &action, nullptr);
  // The other threads must handle the signals of the process.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread([this] { watch(); });
  } catch (const std::system_error&) {
    // Without the thread no answer comes.
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

InterruptWatch::~InterruptWatch() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  end_.notify_one();
  if (thread_.joinable()) thread_.join();
  signal(question, SIG_DFL);
}

// Returns false when the watch has ended.
bool InterruptWatch::pause(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !end_.wait_for(lock, time, [&] { return ended_; });
}

void InterruptWatch::watch() noexcept {
  constexpr auto glance = 100ms;
  constexpr auto patience = 1s;
  while (stop_signal() == 0)
    if (!pause(glance)) return;
  if (!pause(patience)) return;
  while (!answered) {
    try {
      ask_all_threads();
    } catch (const std::bad_alloc&) {
      // The threads are asked again once there is memory.
    }
    if (!pause(glance)) return;
  }
}

}  // namespace assay::command_line
