#include "assay/model.h"

namespace {

using namespace assay;

struct Constant final : Model {
  void build(ModelBuilder& builder) override {
    const Shape shape = builder.sample();
    const int bias = builder.parameter("bias", {builder.outputs()}, Role::bias, Initializer::zeros);
    builder.layer({"layer1", "Constant", {}, shape, {builder.outputs()}, {&bias, 1}});
  }
  std::size_t workspace_bytes(std::int64_t /*rows*/) const override { return 0; }
  void forward(const Pass& pass, std::span<std::byte> /*workspace*/, MatrixView<const float> /*x*/,
               MatrixView<float> outputs) const override {
    if (pass.probe != nullptr && pass.mode == Mode::evaluation) pass.probe->output(0, outputs);
  }
  void backward(const Pass&, std::span<std::byte>, MatrixView<const float>, MatrixView<const float>,
                std::span<float* const>) const override {}
};

}  // namespace

int main() {
  const Constant constant;
  const Model& model = constant;
  model.forward({}, {}, {}, {});
  model.backward({}, {}, {}, {}, {});
  const bool plain = !model.whole_batches() && !model.sets_gradients() && model.block_rows() == 64;
  return plain && *initializer_choices == 'z' && model.kind == Kind::model ? 0 : 1;
}
