// The inverse of the error function, as XLA computes it on a CPU in float32.
#pragma once

namespace assay::train {

/// Returns the result for |x| < 0.9966. Uses the central branch of M. Giles, Approximating the
/// erfinv function (GPU Computing Gems, 2010), on Cephes' logarithms (S. L. Moshier), fused as XLA
/// fuses them. The result equals jax.lax.erf_inv of JAX 0.10.2.
float erf_inv(float x);

}  // namespace assay::train
