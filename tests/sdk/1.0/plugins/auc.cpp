// Metric `auc`: the exact area under the ROC curve of each class against the others, and their
// mean; as sklearn.metrics.roc_auc_score. Equal outputs count half (Mann and Whitney, 1947).
//   metrics: {auc: auc}
//   hooks: {auc: {type: scalar, tag: AUC, value: test.auc, every: 100}}
#include <algorithm>
#include <limits>
#include <vector>

#include "assay/error.h"
#include "assay/metric.h"
#include "assay/plugin.h"

namespace {
class Auc final : public assay::Metric, public assay::WholeSplit {
 public:
  static constexpr assay::About about = {.name = "auc", .doc = "Area under the ROC curve."};

  void prepare(const assay::Target& target) override {
    if (target.classes < 2) throw assay::Error("expected a target of two or more classes");
    results_[1].size = target.classes;
  }
  std::span<const assay::MetricResult> results() const override { return results_; }
  void evaluate(const assay::MetricTotals& totals, std::span<double> values) const override {
    const auto classes = totals.targets.values<const std::int32_t>();
    std::vector<std::size_t> order(classes.size());
    values[0] = 0;
    for (std::size_t k = 0; k + 1 < values.size(); ++k) {
      const auto output = [&](std::size_t row) {
        return totals.outputs.row(static_cast<std::int64_t>(row))[k];
      };
      for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
      std::ranges::sort(order, {}, output);
      double own = 0, ranks = 0;  // rows of class k, and the sum of their ranks
      for (std::size_t first = 0, next = 0; first < order.size(); first = next) {
        double here = 0;
        for (; next < order.size() && output(order[next]) == output(order[first]); ++next)
          here += classes[order[next]] == static_cast<std::int32_t>(k) ? 1 : 0;
        own += here;
        ranks += here * (static_cast<double>(first + next) + 1) / 2;
      }
      const double others = static_cast<double>(order.size()) - own;
      values[k + 1] = (ranks - own * (own + 1) / 2) / (own * others);
      values[0] += values[k + 1] / static_cast<double>(values.size() - 1);
    }
  }

 private:
  assay::MetricResult results_[2] = {{"", 1}, {"by_class", 1}};
};
}  // namespace
ASSAY_PLUGIN("auc", "0.1.0", "MIT", Auc)
