#include "runner/conformance/left_threads.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <initializer_list>
#include <iterator>
#include <string_view>
#include <thread>

#include "runner/conformance/check.h"

namespace assay::conformance {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto pause = 2ms;
constexpr auto moment = 300ms;

std::vector<pid_t> all_threads() {
  std::vector<pid_t> threads;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc/self/task", error), end;
       !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    pid_t thread = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), thread).ec == std::errc())
      threads.push_back(thread);
  }
  std::ranges::sort(threads);
  return threads;
}

// Asks the loaded OpenMP runtimes to end the threads that they keep (OpenMP 5.0).
void end_threads_of_openmp() {
  constexpr int hard = 2;  // omp_pause_hard
  for (const char* runtime : {"libgomp.so.1", "libomp.so.5", "libomp.so", "libiomp5.so"}) {
    void* library = dlopen(runtime, RTLD_LAZY | RTLD_NOLOAD);
    if (library == nullptr) continue;
    using Pause = int (*)(int);
    if (const auto all = reinterpret_cast<Pause>(dlsym(library, "omp_pause_resource_all")))
      all(hard);
    dlclose(library);  // decrements a count; the plugin that needs the library keeps it loaded
  }
}

}  // namespace

LeftThreads::LeftThreads() : process_(getpid()), before_(all_threads()) {}

std::vector<pid_t> LeftThreads::started() const {
  std::vector<pid_t> threads;
  if (getpid() != process_) return threads;
  std::ranges::set_difference(all_threads(), before_, std::back_inserter(threads));
  return threads;
}

std::vector<pid_t> LeftThreads::left() const {
  const Clock::time_point until = Clock::now() + moment;
  for (;;) {
    std::vector<pid_t> threads = started();
    if (threads.empty() || Clock::now() >= until) return threads;
    std::this_thread::sleep_for(pause);
  }
}

std::string LeftThreads::complaint(const std::vector<pid_t>& threads,
                                   const std::string& starter) const {
  const std::string_view s = threads.size() == 1 ? "" : "s";
  std::string text = fmt::format("{} starts {} thread{} and leaves {} running", starter,
                                 threads.size(), s, threads.size() == 1 ? "it" : "them");
  end_threads_of_openmp();
  if (left().size() < threads.size())
    return text +
           ": OpenMP keeps the threads of a loop for the next one. Training runs on all cores "
           "already, and each of its threads that comes to the loop starts as many again; build "
           "without -fopenmp, or give the loop num_threads(1)";
  return text + "; expected a thread to be joined at the latest when the component is destroyed";
}

void LeftThreads::require_none(const std::string& starter) const {
  const std::vector<pid_t> threads = left();
  if (!threads.empty()) throw Failed(complaint(threads, starter));
}

}  // namespace assay::conformance
