// Counts the allocations of the training thread, for which this program has a `new` of its own.
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <thread>

#include "tests/logging/log_of_a_run.h"

namespace {

thread_local std::size_t allocations = 0;

}  // namespace

void* operator new(std::size_t bytes) {
  ++allocations;
  if (void* memory = std::malloc(bytes == 0 ? 1 : bytes)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*bytes*/) noexcept { std::free(memory); }

using namespace assay;
using namespace assay::test;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(scalar_cost, LogOfARun)

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

BOOST_AUTO_TEST_SUITE_END()
