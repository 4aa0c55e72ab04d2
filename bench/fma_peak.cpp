// Measures the maximum number of multiply-adds per second on this machine, with the widest
// instructions of its CPU.
//
//   fma_peak THREADS     prints {"gflops": ..., "kernels": ..., "threads": ...}
#include <sched.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <thread>
#include <vector>

#include "fma_chains.h"
#include "runner/plugin_host/cpu.h"

namespace {

using namespace assay;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t rounds = 400'000;  // about a millisecond, between two interruptions
constexpr int stints = 300;

const bench::FmaChains& chains_for([[maybe_unused]] InstructionSet set) {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return bench::avx512_chains;
  if (set == InstructionSet::avx2) return bench::avx2_chains;
#endif
  return bench::generic_chains;
}

/// Keeps the calling thread on one of the cores that the process may use.
void stay_on(int core) {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
  core %= CPU_COUNT(&allowed);
  for (std::size_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(cpu, &allowed) || core-- > 0) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
    return;
  }
}

/// Runs all threads at once until the last one is done; returns the best result of several runs.
double gflops(const bench::FmaChains& chains, int threads) {
  double best = 0;
  Clock::time_point start;
  volatile float kept = 0;  // so that the sums are needed
  const auto at_the_barrier = [&, passed = 0]() mutable noexcept {
    const auto now = Clock::now();
    if (passed++ > 0) {
      const double seconds = std::chrono::duration<double>(now - start).count();
      const double flops = chains.flops_per_round * static_cast<double>(rounds) * threads;
      best = std::max(best, flops / seconds * 1e-9);
    }
    start = now;
  };
  std::barrier barrier(threads, at_the_barrier);
  {
    std::vector<std::jthread> team;
    for (int thread = 0; thread < threads; ++thread)
      team.emplace_back([&, thread] {
        stay_on(thread);
        barrier.arrive_and_wait();
        for (int stint = 0; stint < stints; ++stint) {
          const float sum = chains.run(rounds, 0.5F, 1.0F);
          barrier.arrive_and_wait();
          if (sum < 0) kept = sum;
        }
      });
  }
  return best;
}

}  // namespace

int main(int count, char** arguments) {
  int threads = 0;
  try {
    if (count == 2) threads = std::stoi(arguments[1]);
  } catch (const std::exception&) {
  }
  if (threads < 1) {
    std::fprintf(stderr, "usage: fma_peak THREADS\n");
    return 2;
  }
  const InstructionSet set = plugin_host::cpu_instruction_set();
  std::printf("{\"gflops\": %.2f, \"kernels\": \"%s\", \"threads\": %d}\n",
              gflops(chains_for(set), threads), name_of(set).data(), threads);
}
