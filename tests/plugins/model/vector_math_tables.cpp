// Compiled once per instruction set; ASSAY_MATH names the resulting table.
#include "simd/math.h"
#include "vector_math.h"

namespace assay::test {
namespace {

template <simd::V (*f)(simd::V)>
void each(const float* x, float* y, std::ptrdiff_t count) {
  for (std::ptrdiff_t i = 0; i < count; i += simd::width) simd::store(y + i, f(simd::load(x + i)));
}

}  // namespace

const VectorMath ASSAY_MATH = {simd::width, each<simd::exp>, each<simd::expm1>, each<simd::log>};

}  // namespace assay::test
