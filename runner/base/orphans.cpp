#include "runner/base/orphans.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

namespace assay::base {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto pause = 5ms;
constexpr auto longest = 2s;  // for code that starts processes as fast as they are ended

// Returns the children of all threads, sorted. Empty if the kernel does not list them
// (CONFIG_PROC_CHILDREN).
std::vector<pid_t> children() {
  std::vector<pid_t> list;
  std::error_code error;
  for (std::filesystem::directory_iterator thread("/proc/self/task", error), end;
       !error && thread != end; thread.increment(error)) {
    std::ifstream file(thread->path() / "children");
    for (pid_t child = 0; file >> child;) list.push_back(child);
  }
  std::ranges::sort(list);
  return list;
}

}  // namespace

Orphans::Orphans() {
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  before_ = children();
}

std::vector<pid_t> Orphans::living(pid_t parent) const {
  std::vector<pid_t> list = children();
  std::erase_if(list, [&](pid_t child) {
    return child == parent || std::ranges::binary_search(before_, child) ||
           waitpid(child, nullptr, WNOHANG) == child;  // it has ended
  });
  return list;
}

std::size_t Orphans::left_after(std::chrono::milliseconds time, pid_t parent) const {
  const Clock::time_point until = Clock::now() + time;
  for (;;) {
    const std::size_t count = living(parent).size();
    if (count == 0 || Clock::now() >= until) return count;
    std::this_thread::sleep_for(pause);
  }
}

// Ends the orphans repeatedly, because this process then inherits the children of those it ended.
void Orphans::end() const {
  const Clock::time_point until = Clock::now() + longest;
  for (;;) {
    const std::vector<pid_t> list = living(0);
    if (list.empty() || Clock::now() >= until) return;
    for (const pid_t child : list) kill(child, SIGKILL);
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace assay::base
