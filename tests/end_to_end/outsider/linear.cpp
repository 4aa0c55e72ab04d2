// Model `linear`: one linear layer, computed with Eigen.
#include <Eigen/Core>

#include "assay/model.h"
#include "assay/plugin.h"

namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Row = Eigen::RowVectorXf;

template <class T>
auto map(assay::MatrixView<T> view) {
  using Mapped = std::conditional_t<std::is_const_v<T>, const Matrix, Matrix>;
  return Eigen::Map<Mapped, 0, Eigen::OuterStride<>>(view.data, view.rows, view.columns,
                                                     Eigen::OuterStride<>(view.stride));
}

class Linear final : public assay::Model {
 public:
  static constexpr assay::About about = {.name = "linear", .doc = "One linear layer."};

  void build(assay::ModelBuilder& builder) override {
    inputs_ = builder.sample().elements();
    outputs_ = builder.outputs();
    const int parameters[] = {
        builder.parameter("layer1.kernel", {inputs_, outputs_}, assay::Role::kernel,
                          assay::Initializer::lecun_normal),
        builder.parameter("layer1.bias", {outputs_}, assay::Role::bias, assay::Initializer::zeros)};
    builder.layer({"layer1", "Linear", "", {inputs_}, {outputs_}, parameters});
  }

  std::size_t workspace_bytes(std::int64_t) const override { return 0; }

  void forward(const assay::Pass& pass, std::span<std::byte>, assay::MatrixView<const float> x,
               assay::MatrixView<float> outputs) const override {
    const auto& values = pass.parameters;
    // Eigen owns this copy, aligned as this library's flags require.
    const Matrix kernel = Eigen::Map<const Matrix>(values[0], inputs_, outputs_);
    const Row bias = Eigen::Map<const Row>(values[1], outputs_);
    map(outputs) = (map(x) * kernel).rowwise() + bias;
  }

  void backward(const assay::Pass&, std::span<std::byte>, assay::MatrixView<const float> x,
                assay::MatrixView<const float> d_outputs,
                std::span<float* const> gradients) const override {
    Eigen::Map<Matrix>(gradients[0], inputs_, outputs_) += map(x).transpose() * map(d_outputs);
    Eigen::Map<Row>(gradients[1], outputs_) += map(d_outputs).colwise().sum();
  }

 private:
  Eigen::Index inputs_ = 0, outputs_ = 0;
};

}  // namespace

ASSAY_PLUGIN("linear", "1.0.0", "MIT", Linear)
