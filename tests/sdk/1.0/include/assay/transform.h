// Kind `transform`: changes samples on their way from the dataset to the model, row by row:
// standardization, scaling, augmentation. A config lists transforms under `transforms`; each gets
// what the one before it leaves.
//
// Targets, and the samples that pictures show, stay as the dataset has them. A transform that
// learns from the training rows has the facet Fits (fits.h).
#pragma once

#include <cstdint>

#include "assay/kind.h"
#include "assay/model.h"
#include "assay/tensor.h"

namespace assay {

/// The context in which a block of rows is transformed.
struct TransformPass {
  Mode mode = Mode::training;
  std::uint64_t key = 0;       ///< from the run's seed; differs between the transforms of a run
  std::int64_t step = 0;       ///< finished updates
  std::int64_t first_row = 0;  ///< of the block, counted within the batch or split
};

class Transform {
 public:
  static constexpr Kind kind = Kind::transform;
  virtual ~Transform() = default;

  /// Returns the shape of a transformed sample, given that of a sample; called once, before
  /// anything else. Throws Error for a shape that it cannot transform.
  virtual Shape shape(const Shape& sample) = 0;

  /// Writes the transformed rows of a block: x [rows, elements of a sample], y [rows, elements of
  /// a transformed sample]; they do not overlap. Each row depends on the same row of x only.
  /// Random changes are drawn from pass.key, pass.step and the number of the row (pass.first_row
  /// and on), never from a generator that goes on: a resumed run must draw the same. In evaluation
  /// the result depends on x and on what was fitted alone. Called from several threads at once.
  virtual void apply(const TransformPass& pass, MatrixView<const float> x,
                     MatrixView<float> y) const = 0;
};

}  // namespace assay
