// Compares a model's gradients with numerical ones.
#pragma once

#include <string>

#include "runner/conformance/model_bench.h"

namespace assay::conformance {

/// Uses central differences along several directions in every parameter: the gradient's own
/// direction, random ones, and single elements. Tolerates the uncertainty from the step size and
/// from float32 rounding, and skips directions where it is large. Returns the largest deviation of
/// the gradients. Throws Failed.
std::string require_derivatives(ModelBench bench);

}  // namespace assay::conformance
