// Kind `loss`: what training makes small. Works on blocks of rows; the trainer adds the blocks up
// and divides once, so that the last, shorter batch weighs by its rows.
#pragma once

#include <cstdint>

#include "assay/dataset.h"
#include "assay/kind.h"
#include "assay/tensor.h"

namespace assay {

/// loss = sum / weight, over any number of blocks added up.
struct LossSum {
  double sum = 0;
  double weight = 0;

  LossSum& operator+=(const LossSum& other) {
    sum += other.sum;
    weight += other.weight;
    return *this;
  }
};

class Loss {
 public:
  static constexpr Kind kind = Kind::loss;
  virtual ~Loss() = default;

  /// How many outputs per row the model must have for this target. Throws Error for a target that
  /// this loss cannot take.
  virtual std::int64_t outputs(const Target& target) const = 0;

  /// Sum and weight over the rows of a block. outputs [rows, n]; targets [rows, ...], contiguous.
  /// Called from several threads at once, like gradient().
  virtual LossSum evaluate(MatrixView<const float> outputs, ConstTensorView targets) const = 0;

  /// The same, and d_outputs [rows, n] = d sum / d outputs (of the sum: not divided by the weight).
  virtual LossSum gradient(MatrixView<const float> outputs, ConstTensorView targets,
                           MatrixView<float> d_outputs) const = 0;
};

}  // namespace assay
