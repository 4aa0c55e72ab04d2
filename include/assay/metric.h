// Kind `metric`: a number that says how well outputs fit targets, over the rows of a split.
//
// The state of an evaluation is `state_size()` float64 numbers that the host owns and initializes
// to zero. The host accumulates blocks separately and merges them in a fixed order, so the number
// of threads does not change the result.
#pragma once

#include <cstddef>
#include <span>

#include "assay/dataset.h"
#include "assay/kind.h"
#include "assay/loss.h"
#include "assay/tensor.h"

namespace assay {

struct MetricBlock {
  MatrixView<const float> outputs;  ///< [rows, n]
  ConstTensorView targets;          ///< [rows, ...]
  LossSum loss;                     ///< of these rows
};

class Metric {
 public:
  static constexpr Kind kind = Kind::metric;
  virtual ~Metric() = default;

  /// Throws Error for a target that this metric does not support.
  virtual void check(const Target& /*target*/) const {}

  virtual std::size_t state_size() const = 0;
  /// Adds a block of rows. Called from several threads at once, with different states.
  virtual void accumulate(const MetricBlock& block, std::span<double> state) const = 0;
  /// Merges the state of the rows that follow into `state`. There may be no such rows; their state
  /// is then all zeros. The default adds the numbers element by element.
  virtual void merge(std::span<double> state, std::span<const double> other) const {
    for (std::size_t i = 0; i < state.size(); ++i) state[i] += other[i];
  }
  virtual double value(std::span<const double> state) const = 0;
};

}  // namespace assay
