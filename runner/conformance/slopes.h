// A model's gradients against numerical ones.
#pragma once

#include <string>

#include "runner/conformance/model_bench.h"

namespace assay::conformance {

/// Central differences along several directions in every parameter: the gradient's own, random
/// ones, single elements. What two step sizes and the rounding of float32 leave open is allowed
/// for; directions in which that is much are not judged. Says how far off the gradients are at
/// most. Throws Failed.
std::string require_derivatives(ModelBench bench);

}  // namespace assay::conformance
