// Facet `Fits`: a component that learns something from the training rows before training begins,
// such as the mean of every feature. A component that fits is also Stateful, and what it learns is
// state: a checkpoint holds it, and a model that is used later does not fit again.
//
//   class Standardize final : public assay::Transform, public assay::Fits, public assay::Stateful
#pragma once

#include "assay/facet.h"
#include "assay/kind.h"
#include "assay/tensor.h"

namespace assay {

class Fits {
 public:
  static constexpr FacetId facet = FacetId::fits;
  static constexpr bool serves(Kind kind) { return kind == Kind::transform || kind == Kind::model; }

  /// Receives a block of training rows: samples [rows, elements of a sample], targets [rows, ...],
  /// contiguous. The host passes every row of the training split once, in the order of the split,
  /// in blocks of any height, from one thread. So a sum that is kept in float64 must not depend on
  /// the blocks. A transform gets the samples as the transforms before it leave them, a model as
  /// all transforms leave them; both as in evaluation. Called after declare_state(). Throws Error
  /// for data from which nothing can be learnt.
  virtual void fit(MatrixView<const float> samples, ConstTensorView targets) = 0;
  /// Ends the fit, after the last block.
  virtual void fitted() = 0;

 protected:
  ~Fits() = default;
};

}  // namespace assay
