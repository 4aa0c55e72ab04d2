// Metric `accuracy`: the share of rows whose largest output belongs to the row's class. If several
// outputs are largest, the first counts. A row with a NaN among its outputs counts as wrong.
//
//   hooks:
//     accuracy: {type: scalar, tag: Accuracy, value: test.accuracy, every: 10, at: 1}
#include <algorithm>
#include <cmath>

#include "assay/error.h"
#include "assay/metric.h"
#include "assay/plugin.h"

namespace {

/// Returns the index of the first largest number; -1 if any of them is NaN.
std::ptrdiff_t predicted_class(std::span<const float> outputs) {
  if (std::ranges::any_of(outputs, [](float x) { return std::isnan(x); })) return -1;
  return std::ranges::max_element(outputs) - outputs.begin();
}

class Accuracy final : public assay::Metric {
 public:
  static constexpr assay::About about = {.name = "accuracy",
                                         .doc = "Share of rows whose class is predicted."};

  void prepare(const assay::Target& target) override {
    if (target.classes == 0)
      throw assay::Error(
          "accuracy counts predicted classes, but the targets of this dataset are numbers; "
          "expected a dataset with classes: leave this metric out");
  }

  std::size_t state_size() const override { return 2; }
  void accumulate(const assay::MetricBlock& block, std::span<double> state) const override {
    const std::span<const std::int32_t> classes = block.targets.values<const std::int32_t>();
    std::int64_t hits = 0;
    for (std::int64_t row = 0; row < block.outputs.rows; ++row)
      hits +=
          predicted_class(block.outputs.row_span(row)) == classes[static_cast<std::size_t>(row)];
    state[0] += static_cast<double>(hits);
    state[1] += static_cast<double>(block.outputs.rows);
  }
  void evaluate(const assay::MetricTotals& totals, std::span<double> values) const override {
    values[0] = totals.state[0] / totals.state[1];
  }
};

}  // namespace

ASSAY_COMPONENT(Accuracy)
