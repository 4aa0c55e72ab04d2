// Chains of multiply-adds that never wait for memory or for each other: how fast a core can
// compute.
#pragma once

#include <cstdint>

namespace assay::bench {

/// One per instruction set.
struct FmaChains {
  double flops_per_round;  ///< a multiply-add counts as 2
  /// Works through the rounds; x -> x * factor + term in every lane of every chain. The sum is
  /// returned so that the work is not left out.
  float (*run)(std::int64_t rounds, float factor, float term);
};

extern const FmaChains generic_chains;
#if defined(__x86_64__)
extern const FmaChains avx2_chains;
extern const FmaChains avx512_chains;
#endif

}  // namespace assay::bench
