#include "assay/metric.h"

namespace {

using namespace assay;

struct Count final : Metric {
  std::size_t state_size() const override { return 1; }
  void accumulate(const MetricBlock& block, std::span<double> state) const override {
    state[0] += block.loss.weight;
  }
  double value(std::span<const double> state) const override { return state[0]; }
};

}  // namespace

int main() {
  const Count count;
  const Metric& metric = count;
  double state[] = {0}, other[] = {2};
  metric.check({});
  metric.accumulate({}, state);
  metric.merge(state, other);
  return metric.value(state) == 2 && metric.kind == Kind::metric ? 0 : 1;
}
