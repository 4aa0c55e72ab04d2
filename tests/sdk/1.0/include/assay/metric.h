// Kind `metric`: numbers that say how well outputs fit targets, over the rows of a split.
//
// The state of an evaluation is `state_size()` float64 numbers that the host owns and initializes
// to zero. The host accumulates blocks separately and merges them in a fixed order, so the number
// of threads does not change the result. A metric that needs all rows at once has the facet
// WholeSplit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "assay/dataset.h"
#include "assay/facet.h"
#include "assay/kind.h"
#include "assay/loss.h"
#include "assay/tensor.h"

namespace assay {

struct MetricBlock {
  MatrixView<const float> outputs;  ///< [rows, n]
  ConstTensorView targets;          ///< [rows, ...]
  LossSum loss;                     ///< of these rows
};

/// A result of a metric.
struct MetricResult {
  /// Follows the metric's name in configs: "f1" of `test.confusion.f1`. Lower-case letters, digits
  /// and underscores (is_name in text.h). Empty for the result that has the metric's own name.
  std::string_view name;
  /// The number of values; more than 1 for a vector, which hooks read with HookNeeds::values.
  std::int64_t size = 1;
};

/// The rows of a split, accumulated.
struct MetricTotals {
  std::span<const double> state = {};
  std::int64_t rows = 0;
  // These hold all rows, in the order of the split, if the metric has the facet WholeSplit:
  MatrixView<const float> outputs = {};  ///< [rows, n]
  ConstTensorView targets = {};          ///< [rows, ...]
};

class Metric {
 public:
  static constexpr Kind kind = Kind::metric;
  virtual ~Metric() = default;

  /// Prepares for targets of this form; called once, before everything else. Throws Error for a
  /// target that this metric does not support.
  virtual void prepare(const Target& /*target*/) {}

  /// Returns the results: one number by default. Names and sizes stay the same after prepare(), and
  /// the texts live as long as the metric.
  virtual std::span<const MetricResult> results() const {
    static constexpr MetricResult number[1] = {};
    return number;
  }

  virtual std::size_t state_size() const { return 0; }
  /// Adds a block of rows. Called from several threads at once, with different states.
  virtual void accumulate(const MetricBlock& /*block*/, std::span<double> /*state*/) const {}
  /// Merges the state of the rows that follow into `state`. There may be no such rows; their state
  /// is then all zeros. The default adds the numbers element by element.
  virtual void merge(std::span<double> state, std::span<const double> other) const {
    for (std::size_t i = 0; i < state.size(); ++i) state[i] += other[i];
  }
  /// Computes the values of all results, one after the other. Called from one thread.
  virtual void evaluate(const MetricTotals& totals, std::span<double> values) const = 0;
};

/// Facet `WholeSplit`: the metric needs the outputs of a whole split at once, such as the exact
/// area under a curve, because no state of fixed size holds what it must know. The host keeps them
/// (rows * outputs * 4 bytes) and hands them to evaluate().
class WholeSplit {
 public:
  static constexpr FacetId facet = FacetId::whole_split;
  static constexpr bool serves(Kind kind) { return kind == Kind::metric; }

 protected:
  ~WholeSplit() = default;
};

}  // namespace assay
