// Neutral parameters of a model and their gradients, for components that change gradients or
// weights slice by slice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "assay/model.h"
#include "assay/tensor.h"
#include "runner/conformance/neutral.h"
#include "runner/train/declared_slots.h"

namespace assay::conformance {

struct NeutralParameter {
  const char* name;
  Shape shape;
  Role role;

  std::size_t elements() const { return static_cast<std::size_t>(shape.elements()); }
};
using NeutralParameters = std::vector<NeutralParameter>;

/// Returns small parameters of odd sizes.
const NeutralParameters& parameters();
/// Returns parameters on whose slices a component works for a while, so that several threads are in
/// it at once.
const NeutralParameters& large_parameters();

/// A piece of a parameter, in elements.
struct Piece {
  std::size_t parameter, offset, count;
};
/// Cuts parameters into pieces of at most `size` elements (0: whole parameters).
std::vector<Piece> cut(const NeutralParameters& parameters, std::size_t size);

/// Returns guarded memory with a copy of a piece of `whole`, so that a write beyond it is detected.
Lent lend(const std::vector<float>& whole, const Piece& piece);

/// The numbers that the host keeps between two steps.
struct StepMemory {
  std::vector<std::vector<float>> weights;
  std::vector<std::vector<std::vector<float>>> slots;  ///< by parameter
  std::int64_t count = 0;                              ///< of finished updates
};
/// Returns it as it is before the first step.
StepMemory step_memory(const NeutralParameters& parameters,
                       const std::vector<train::DeclaredSlot>& declared);

using Gradients = std::vector<std::vector<float>>;
/// Returns numbers from -0.5 to 0.5 for every element, others in each step.
Gradients gradients(std::uint64_t step, const NeutralParameters& of = parameters());
/// Returns a gradient of zero.
Gradients zeros(const NeutralParameters& of = parameters());

}  // namespace assay::conformance
