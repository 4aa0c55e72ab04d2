#include "assay/metric.h"

namespace {

using namespace assay;

struct Count final : Metric {
  std::size_t state_size() const override { return 1; }
  void accumulate(const MetricBlock& block, std::span<double> state) const override {
    state[0] += block.loss.weight;
  }
  void evaluate(const MetricTotals& totals, std::span<double> values) const override {
    values[0] = totals.state[0];
  }
};

}  // namespace

int main() {
  Count count;
  Metric& metric = count;
  double state[] = {0}, other[] = {2}, value[1];
  metric.prepare({});
  metric.accumulate({}, state);
  metric.merge(state, other);
  metric.evaluate({.state = state}, value);
  return value[0] == 2 && metric.results().size() == 1 && metric.kind == Kind::metric &&
                 WholeSplit::serves(Kind::metric)
             ? 0
             : 1;
}
