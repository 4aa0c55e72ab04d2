// Compiled once per instruction set; ASSAY_CHAINS names the resulting table.
#include "fma_chains.h"

#include "simd/vector.h"

namespace assay::bench {
namespace {

using simd::V;

// Two units that need up to five cycles for a result need ten chains. With factor and term, twelve
// chains still fit into the sixteen registers of AVX2.
constexpr int chains = 12;

float run(std::int64_t rounds, float factor, float term) {
  const V factors = simd::splat(factor);
  const V terms = simd::splat(term);
  V values[chains];
  for (int i = 0; i < chains; ++i) values[i] = simd::splat(static_cast<float>(i));
  for (std::int64_t round = 0; round < rounds; ++round)
#pragma GCC unroll 12
    for (int i = 0; i < chains; ++i) values[i] = values[i] * factors + terms;
  float sum = 0;
  for (int i = 0; i < chains; ++i)
    for (int lane = 0; lane < simd::width; ++lane) sum += values[i][lane];
  return sum;
}

}  // namespace

const FmaChains ASSAY_CHAINS{2.0 * chains * simd::width, run};

}  // namespace assay::bench
