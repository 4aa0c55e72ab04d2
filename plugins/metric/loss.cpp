// Metric `loss`: the mean of the training loss over the rows of a split.
//
//   hooks:
//     loss: {type: scalar, tag: Loss, value: test.loss, every: 1}
#include "assay/metric.h"
#include "assay/plugin.h"

namespace {

class MeanLoss final : public assay::Metric {
 public:
  static constexpr assay::About about = {.name = "loss",
                                         .doc = "Mean of the loss that is trained on."};

  std::size_t state_size() const override { return 2; }
  void accumulate(const assay::MetricBlock& block, std::span<double> state) const override {
    state[0] += block.loss.sum;
    state[1] += block.loss.weight;
  }
  void evaluate(const assay::MetricTotals& totals, std::span<double> values) const override {
    values[0] = totals.state[0] / totals.state[1];
  }
};

}  // namespace

ASSAY_COMPONENT(MeanLoss)
