#include "assay/phases.h"

namespace {

struct Summing final : assay::Phases {
  std::size_t one[1] = {3};
  double last = 0;
  std::span<const std::size_t> forward_sums() const override { return one; }
  std::span<const std::size_t> backward_sums() const override { return {}; }
  void update_statistics(std::span<const double> totals, std::int64_t rows) override {
    last = totals[0] / static_cast<double>(rows);
  }
};

}  // namespace

int main() {
  Summing summing;
  assay::Phases& phases = summing;
  const double totals[] = {6, 0, 0};
  phases.update_statistics(totals, 2);
  return phases.forward_sums()[0] == 3 && phases.backward_sums().empty() && summing.last == 3 &&
                 assay::Phases::serves(assay::Kind::model)
             ? 0
             : 1;
}
