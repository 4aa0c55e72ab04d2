// A hook and a logger that end the process, or keep it waiting, in ways that no guard catches. An
// option selects the way (test_last_words.py).
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <new>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "assay/hook.h"
#include "assay/logger.h"
#include "assay/plugin.h"

namespace {

void crash() { *static_cast<volatile int*>(nullptr) = 1; }

// Limits the process to this many more bytes of memory.
void leave_memory(std::size_t bytes) {
  std::size_t pages = 0;  // of all current mappings
  std::ifstream("/proc/self/statm") >> pages;
  const rlim_t most = pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE)) + bytes;
  const rlimit limit{most, most};
  setrlimit(RLIMIT_AS, &limit);
}

// Takes all memory that is left, to the last byte.
void eat_memory() {
  leave_memory(0);
  for (std::size_t size = std::size_t{1} << 20; size >= 16; size /= 2)
    while (std::malloc(size) != nullptr) {
    }
}

// Takes more and more memory and uses it, until there is no more.
void leak() {
  constexpr std::size_t size = std::size_t{1} << 20;
  static std::vector<std::string> kept;
  for (;;) kept.emplace_back(size, 'x');
}

// Fills the disk that the process works on, if it is small.
void fill_disk() {
  std::ofstream file("filler");
  const std::string much(1 << 16, 'x');
  for (int i = 0; i < 1000 && file << much << std::flush; ++i) {
  }
}

// Reads a file that is mapped into memory, after it was truncated.
void read_what_is_gone(const std::string& path) {
  constexpr std::size_t size = 10'000;
  std::ofstream(path) << std::string(size, 'x') << std::flush;
  const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
  const void* memory = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (ftruncate(file, 0) != 0) return;
  [[maybe_unused]] const char first = *static_cast<const volatile char*>(memory);
}

class EndingHook final : public assay::Hook {
 public:
  static constexpr assay::About about = {.name = "ending", .doc = "Ends the process."};
  struct Options {
    std::string_view how = "nothing";
  };
  static constexpr auto table =
      assay::options(assay::option("how", &Options::how, "see the source"));
  explicit EndingHook(const Options& options) : how_(options.how) {}
  ~EndingHook() override {
    if (how_ == "aborts when destroyed") std::abort();
  }
  void plan(assay::HookNeeds& /*needs*/) override {
    if (how_ == "moves when it plans" && chdir("/") != 0) std::abort();
  }
  void run(assay::HookContext& /*context*/) override {
    if (how_ == "exits in a thread") std::thread([] { std::exit(0); }).join();
    // Simulates a user who waits for the hook and interrupts it.
    if (how_.starts_with("is interrupted")) std::raise(SIGINT);
    if (how_ == "is interrupted twice") {
      std::this_thread::sleep_for(
          std::chrono::milliseconds(200));  // at once it would be one signal
      std::raise(SIGINT);
    }
    if (how_ == "loses its terminal")
      for (int i = 0; i < 2; ++i) std::raise(SIGHUP);
    if (how_ == "leaves little memory") leave_memory(std::size_t{2} << 20);
    if (how_ == "leaves no memory") leave_memory(0);
    if (how_ == "eats all memory") eat_memory();
    if (how_ == "leaks") leak();
    if (how_ == "fills the disk") fill_disk();
    if (how_ == "crashes without memory") {
      eat_memory();
      crash();
    }
    if (how_ == "reads what is gone") read_what_is_gone("gone.bin");
    if (how_ == "exits quickly") std::quick_exit(0);
    if (how_ == "crashes in a thread") std::thread(crash).join();
    if (how_ == "crashes in two threads") {
      std::thread other(crash);
      crash();
    }
    if (how_ == "is interrupted and never returns")
      for (volatile bool forever = true; forever;) {
      }
    if (how_ == "closes the terminal") {
      close(STDOUT_FILENO);
      close(STDERR_FILENO);
    }
    if (how_ == "leaves the folder") {
      if (chdir("/") != 0) std::abort();
      umask(0777);
    }
    if (how_ == "closes the terminal and crashes") {
      close(STDERR_FILENO);
      crash();
    }
    if (how_ == "crashes in a child" && fork() == 0) crash();
  }

 private:
  std::string how_;
};

class EndingLogger final : public assay::Logger {
 public:
  static constexpr assay::About about = {.name = "ending_logger", .doc = "Ends the process."};
  struct Options {
    std::string_view how = "nothing";
  };
  static constexpr auto table =
      assay::options(assay::option("how", &Options::how, "see the source"));
  explicit EndingLogger(const Options& options) : how_(options.how) {}
  void open(assay::LoggerContext& /*context*/) override {}
  void record(const assay::Record& /*record*/) override {}
  void flush() override {}
  void close(assay::Outcome /*outcome*/) override {
    if (how_ == "aborts") std::abort();
    if (how_ == "has no memory") throw std::bad_alloc();
    if (how_ == "throws a number") throw 7;
    if (how_ == "hangs") std::this_thread::sleep_for(std::chrono::seconds(7));
  }

 private:
  std::string how_;
};

}  // namespace

ASSAY_PLUGIN("ends_runs", "1.0.0", "MIT", EndingHook, EndingLogger)
