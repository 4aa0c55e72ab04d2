// A multiplication and an addition with one rounding, as XLA fuses them, on any CPU.
#pragma once

namespace assay::train {

/// Returns a * b + c. In float64 the product is exact; the rounding of the sum shows once in 2^29
/// cases. Unlike std::fma this needs no call on CPUs without the instruction, and compilers
/// vectorize it.
constexpr float fused(float a, float b, float c) {
  return static_cast<float>(static_cast<double>(a) * static_cast<double>(b) +
                            static_cast<double>(c));
}

}  // namespace assay::train
