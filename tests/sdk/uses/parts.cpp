#include "assay/parts.h"

#include <vector>

namespace {

// Doubles its rows; it has one weight, which it does not use.
struct Doubling final : assay::Parts {
  std::int64_t two[1] = {2}, one[1] = {1};
  std::span<const std::int64_t> forward_parts() const override { return two; }
  std::span<const std::int64_t> backward_parts() const override { return one; }
  std::size_t scratch_bytes(std::int64_t rows) const override {
    return static_cast<std::size_t>(rows);
  }
  void forward_part(const assay::Part& part, const assay::Pass&, std::span<std::byte>,
                    assay::MatrixView<const float> x,
                    assay::MatrixView<float> outputs) const override {
    for (std::int64_t row = part.index; row < x.rows; row += 2)
      outputs.row(row)[0] = 2 * x.row(row)[0];
  }
  void backward_part(const assay::Part& part, const assay::Pass&, std::span<std::byte>,
                     assay::MatrixView<const float>, assay::MatrixView<const float>,
                     std::span<float* const> gradients) const override {
    *gradients[0] += static_cast<float>(part.stage + 1);
  }
};

}  // namespace

int main() {
  Doubling doubling;
  assay::Parts& parts = doubling;
  const std::vector<float> x = {1, 2, 3};
  std::vector<float> y(3);
  for (std::int64_t i = 0; i < parts.forward_parts()[0]; ++i)
    parts.forward_part({0, i, {}}, {}, {}, {x.data(), 3, 1, 1}, {y.data(), 3, 1, 1});
  float gradient = 0;
  float* const gradients[] = {&gradient};
  parts.backward_part({}, {}, {}, {x.data(), 3, 1, 1}, {y.data(), 3, 1, 1}, gradients);
  return y == std::vector<float>{2, 4, 6} && gradient == 1 &&
                 assay::Parts::serves(assay::Kind::model)
             ? 0
             : 1;
}
