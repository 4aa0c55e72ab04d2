// Counts the allocations of the training thread and refuses those of other threads, for which this
// program has a `new` of its own.
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>
#include <thread>

#include "tests/logging/log_of_a_run.h"

namespace {

thread_local std::size_t allocations = 0;
thread_local bool may_allocate = false;
std::atomic<bool> refuses = false;  // memory to threads that may not allocate

}  // namespace

// GCC warns of a pair of which it inlines one.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  ++allocations;
  if (refuses && !may_allocate) throw std::bad_alloc();
  if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*bytes*/) noexcept {
  std::free(memory);
}

using namespace assay;
using namespace assay::test;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(allocations_of_threads, LogOfARun)

// The two queues, which the threads swap, allocate until they have held as many records.
BOOST_AUTO_TEST_CASE(a_scalar_allocates_nothing) {
  logging::Log& log = start();
  const auto allocated = [&] {
    const std::size_t before = allocations;
    for (int i = 0; i < 100; ++i) log.scalar("Loss", i, i);
    return allocations - before;
  };
  BOOST_TEST(allocated() > 0U);  // it is counted
  int rounds = 0;
  for (; rounds < 100 && allocated() > 0; ++rounds) std::this_thread::sleep_for(120ms);
  BOOST_TEST_MESSAGE(rounds << " rounds until nothing was allocated");
  BOOST_TEST(rounds < 100);
}

// A checkpoint waits for its mark, so a mark that is lost would be waited for without end.
BOOST_AUTO_TEST_CASE(marks_come_when_the_logging_thread_has_no_memory) {
  logging::Log& log = start();
  may_allocate = true;
  refuses = true;
  bool came = false;
  for (int i = 0; i < 100; ++i) log.scalar("Tag " + std::to_string(i), i, i);
  log.mark([&](logging::Loggers& /*loggers*/) { came = true; });
  log.scalar("Loss", 1, 1);
  log.finish(Outcome::finished);
  refuses = false;
  BOOST_TEST(came);
  BOOST_TEST(log.last_values().size() == 101U);
}

BOOST_AUTO_TEST_SUITE_END()
