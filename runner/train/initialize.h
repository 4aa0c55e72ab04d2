// The initial values of parameters. They equal those of jax.nn.initializers, so a seed gives the
// same weights as in Flax.
#pragma once

#include <cstdint>
#include <span>

#include "assay/model.h"
#include "assay/tensor.h"
#include "runner/state/parameter_memory.h"
#include "runner/train/model_description.h"

namespace assay::train {

/// Fills a parameter (row-major, out.size() == shape.elements()) from the stream
/// fold_in(key(seed), parameter), where `parameter` is its number by ModelBuilder. With Flax's
/// nnx.Rngs(seed) the kernel of layer i is number 2 i, its bias 2 i + 1.
/// Throws Error if a random initializer gets fewer than two dimensions, because it must count
/// inputs and outputs.
void initialize(std::uint64_t seed, int parameter, const Shape& shape, Initializer initializer,
                std::span<float> out);

/// Initializes all parameters of a model, each from the stream of its number. Throws as above.
void initialize(std::uint64_t seed, const ModelDescription& model, state::ParameterMemory& weights);

}  // namespace assay::train
