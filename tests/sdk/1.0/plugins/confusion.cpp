// Metric `confusion`: how often class i is taken for class j, and the macro mean of the F1 scores;
// as sklearn.metrics.confusion_matrix and f1_score(average="macro").
//   metrics: {confusion: confusion}
//   hooks: {f1: {type: scalar, tag: F1, value: test.confusion.f1, every: 100}}
#include <algorithm>

#include "assay/error.h"
#include "assay/metric.h"
#include "assay/plugin.h"

namespace {
class Confusion final : public assay::Metric {
 public:
  static constexpr assay::About about = {.name = "confusion", .doc = "Confusion matrix and F1."};

  void prepare(const assay::Target& target) override {
    if (target.classes == 0) throw assay::Error("the targets are numbers; expected classes");
    classes_ = static_cast<std::size_t>(target.classes);
    results_[1].size = target.classes * target.classes;
  }
  std::span<const assay::MetricResult> results() const override { return results_; }
  std::size_t state_size() const override { return classes_ * classes_; }
  void accumulate(const assay::MetricBlock& block, std::span<double> state) const override {
    const auto classes = block.targets.values<const std::int32_t>();
    for (std::int64_t row = 0; row < block.outputs.rows; ++row) {
      const auto outputs = block.outputs.row_span(row);
      const auto best = std::ranges::max_element(outputs) - outputs.begin();
      const auto own = static_cast<std::size_t>(classes[static_cast<std::size_t>(row)]);
      ++state[own * classes_ + static_cast<std::size_t>(best)];
    }
  }
  void evaluate(const assay::MetricTotals& totals, std::span<double> values) const override {
    std::ranges::copy(totals.state, values.begin() + 1);
    double sum = 0;
    for (std::size_t i = 0; i < classes_; ++i) {
      double taken = 0, are = 0;  // for class i, and of class i
      for (std::size_t j = 0; j < classes_; ++j) {
        taken += totals.state[j * classes_ + i];
        are += totals.state[i * classes_ + j];
      }
      if (taken + are > 0) sum += 2 * totals.state[i * classes_ + i] / (taken + are);
    }
    values[0] = sum / static_cast<double>(classes_);
  }

 private:
  std::size_t classes_ = 0;
  assay::MetricResult results_[2] = {{"f1", 1}, {"matrix", 1}};
};
}  // namespace
ASSAY_PLUGIN("confusion", "0.1.0", "MIT", Confusion)
