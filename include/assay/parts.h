// Facet `Parts`: a model whose blocks are so much work that several threads should share one.
//
// The height of a block affects the last bits of the result, so the host must not make blocks
// smaller to give more threads something to do. With this facet it lets threads compute a block
// together instead. The work is divided into stages, and a stage into parts. With `forward_parts()`
// = {4, 16} and `backward_parts()` = {16, 8} a block is computed like this:
//
//   forward,  stage 0: forward_part() for parts 0 to 3
//   forward,  stage 1: forward_part() for parts 0 to 15, after which the outputs are complete
//   (the loss)
//   backward, stage 0 and 1: backward_part() in the same way
//
// The parts of a stage run on several threads at once, in any order, on the same workspace; so each
// writes only what belongs to it. A stage begins when all parts of the stage before are done. The
// result must have the same bits as that of forward() and backward(). The host calls those instead
// for a block that one thread has for itself, in evaluations, and with a Probe.
//
// A model cannot have this facet and Phases.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "assay/facet.h"
#include "assay/kind.h"
#include "assay/model.h"

namespace assay {

/// A part of the work on a block.
struct Part {
  int stage = 0;           ///< of forward or of backward, from 0
  std::int64_t index = 0;  ///< within the stage, from 0
  /// Memory of this part alone: Parts::scratch_bytes() bytes, 64-byte aligned, with any content.
  std::span<std::byte> scratch;
};

class Parts {
 public:
  static constexpr FacetId facet = FacetId::parts;
  static constexpr bool serves(Kind kind) { return kind == Kind::model; }

  /// Returns the number of parts of each stage, at least 1 each. A part should take a tenth of a
  /// millisecond or more. Both are empty if the model is so small that no block is worth sharing;
  /// no other function is called then. Called after build(); they must always return the same.
  virtual std::span<const std::int64_t> forward_parts() const = 0;
  virtual std::span<const std::int64_t> backward_parts() const = 0;

  /// Returns the bytes of Part::scratch, for blocks of up to `rows` rows.
  virtual std::size_t scratch_bytes(std::int64_t rows) const = 0;

  /// Computes a part of what forward() computes. All arguments but the first are those of
  /// forward().
  virtual void forward_part(const Part& part, const Pass& pass, std::span<std::byte> workspace,
                            MatrixView<const float> x, MatrixView<float> outputs) const = 0;

  /// Computes a part of what backward() computes, in the same way. Pass::set_gradients is as for
  /// backward(), and holds for all parts.
  virtual void backward_part(const Part& part, const Pass& pass, std::span<std::byte> workspace,
                             MatrixView<const float> x, MatrixView<const float> d_outputs,
                             std::span<float* const> gradients) const = 0;

 protected:
  ~Parts() = default;
};

}  // namespace assay
