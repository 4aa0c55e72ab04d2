// Chains of multiply-adds that never wait for memory or for each other, to measure how fast a core
// can compute.
#pragma once

#include <cstdint>

namespace assay::bench {

/// The functions and numbers of one instruction set.
struct FmaChains {
  double flops_per_round;  ///< a multiply-add counts as 2
  /// Runs the rounds: x -> x * factor + term in every lane of every chain. Returns the sum, so that
  /// the compiler cannot remove the work.
  float (*run)(std::int64_t rounds, float factor, float term);
};

extern const FmaChains generic_chains;
#if defined(__x86_64__)
extern const FmaChains avx2_chains;
extern const FmaChains avx512_chains;
#endif

}  // namespace assay::bench
