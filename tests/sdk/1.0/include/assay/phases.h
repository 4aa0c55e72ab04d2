// Facet `Phases`: a model that needs sums over the whole batch while it computes one, as batch
// normalization does.
//
// A training pass is computed in phases. The rows of the batch are still divided into blocks on
// several threads. In each phase the host calls forward() for every block; each call adds its part
// to the sums of the phase. Between two phases the host adds up the sums of all blocks, in a fixed
// order and in float64, so any number of threads gives the same bits. backward() is computed in
// phases in the same way. With `forward_sums()` = {200, 100} a training pass looks like this:
//
//   forward,  phase 0: every block adds 200 numbers to pass.sums
//   forward,  phase 1: every block reads pass.totals[0..200), and adds 100 numbers
//   forward,  phase 2: every block reads pass.totals[0..300), and writes its outputs
//   (the loss)
//   backward, phase 0 ... in the same way; pass.totals continues with the sums of backward()
//   update_statistics(totals, rows), once
//
// A block keeps its workspace from its first phase to its last, and sees the same rows each time;
// so the host holds the workspaces of the whole batch. Pass::set_gradients is never set.
// Outputs are written in the last phase of forward(); gradients may be added in any phase of
// backward(). In evaluation there is one phase and there are no sums: the model uses what it
// remembers (facet Stateful), which update_statistics() changes once a step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "assay/facet.h"
#include "assay/kind.h"

namespace assay {

class Phases {
 public:
  static constexpr FacetId facet = FacetId::phases;
  static constexpr bool serves(Kind kind) { return kind == Kind::model; }

  /// Returns how many numbers are summed after each phase of forward() except the last one. The
  /// number of phases is the length plus one. It is called after build(), and so is
  /// backward_sums(); both must always return the same.
  virtual std::span<const std::size_t> forward_sums() const = 0;
  virtual std::span<const std::size_t> backward_sums() const = 0;

  /// Updates what the model remembers from the totals of a batch of `rows` rows: first those of all
  /// phases of forward(), then those of backward(). Called once a step, from one thread.
  virtual void update_statistics(std::span<const double> totals, std::int64_t rows) = 0;

 protected:
  ~Phases() = default;
};

}  // namespace assay
