// Loss `scaled`: another loss, times a factor.
//   loss: {type: scaled, factor: 0.5, loss: softmax_cross_entropy}
#include "assay/loss.h"
#include "assay/plugin.h"

namespace {
class Scaled final : public assay::Loss {
 public:
  static constexpr assay::About about = {.name = "scaled", .doc = "A loss times a factor."};
  struct Options {
    assay::Nested<assay::Loss> loss;
    double factor = 1;
  };
  static constexpr auto table = assay::options(
      assay::required("loss", &Options::loss, "the loss within"),
      assay::option("factor", &Options::factor, "what it is multiplied by", {.minimum = 0}));
  explicit Scaled(const Options& options) : options_(options) {}

  std::int64_t outputs(const assay::Target& target) const override {
    return options_.loss->outputs(target);
  }
  void prepare(std::span<const std::int64_t> counts) override { options_.loss->prepare(counts); }
  assay::LossSum evaluate(assay::MatrixView<const float> outputs,
                          assay::ConstTensorView targets) const override {
    return scaled(options_.loss->evaluate(outputs, targets));
  }
  assay::LossSum gradient(assay::MatrixView<const float> outputs, assay::ConstTensorView targets,
                          assay::MatrixView<float> d_outputs) const override {
    const assay::LossSum sum = options_.loss->gradient(outputs, targets, d_outputs);
    for (std::int64_t row = 0; row < d_outputs.rows; ++row)
      for (float& slope : d_outputs.row_span(row)) slope *= static_cast<float>(options_.factor);
    return scaled(sum);
  }

 private:
  assay::LossSum scaled(assay::LossSum sum) const {
    return {sum.sum * options_.factor, sum.weight};
  }
  Options options_;
};
}  // namespace
ASSAY_PLUGIN("scaled_loss", "0.1.0", "MIT", Scaled)
