// Kind `loss`: the quantity that training minimizes. It works on blocks of rows. The trainer adds
// up the blocks and divides once, so the last, shorter batch counts in proportion to its rows.
#pragma once

#include <cstdint>
#include <span>

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

  /// Returns the number of outputs per row that the model must have for this target. Throws Error
  /// for a target that this loss does not support.
  virtual std::int64_t outputs(const Target& target) const = 0;

  /// Receives the number of rows of each class in the training split, for losses that weigh
  /// classes; empty if the target is not a class. Called once, after outputs() and before the
  /// functions below. Throws Error for counts that the loss cannot handle.
  virtual void prepare(std::span<const std::int64_t> /*class_counts*/) {}

  /// Returns the sum and the weight over the rows of a block. outputs [rows, n]; targets [rows,
  /// ...], contiguous. Called from several threads at once, like gradient().
  virtual LossSum evaluate(MatrixView<const float> outputs, ConstTensorView targets) const = 0;

  /// Returns the same and writes d_outputs [rows, n] = d sum / d outputs. This is the derivative of
  /// the sum: it is not divided by the weight.
  virtual LossSum gradient(MatrixView<const float> outputs, ConstTensorView targets,
                           MatrixView<float> d_outputs) const = 0;
};

}  // namespace assay
