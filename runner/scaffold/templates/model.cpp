// Model `plugin_name`: every output is a weighted sum of the inputs. With the loss
// softmax_cross_entropy this is softmax regression.
//
//   bias   whether a number is added to each output (default true)
//
//   model: {type: plugin_name}
#include <algorithm>
#include <vector>

#include "assay/model.h"
#include "assay/plugin.h"

namespace {

class PluginName final : public assay::Model {
 public:
  static constexpr assay::About about = {.name = "plugin_name", .doc = "A linear model."};
  struct Options {
    bool bias = true;
  };
  static constexpr auto table =
      assay::options(assay::option("bias", &Options::bias, "add a number to each"));

  explicit PluginName(const Options& options) : has_bias_(options.bias) {}

  void build(assay::ModelBuilder& builder) override {
    inputs_ = builder.sample().elements();
    outputs_ = builder.outputs();
    std::vector<int> numbers = {builder.parameter(
        "kernel", {inputs_, outputs_}, assay::Role::kernel, assay::Initializer::lecun_normal)};
    if (has_bias_)
      numbers.push_back(
          builder.parameter("bias", {outputs_}, assay::Role::bias, assay::Initializer::zeros));
    builder.layer({"linear", "Linear", "", {inputs_}, {outputs_}, numbers});
  }

  // backward() needs no results of forward().
  std::size_t workspace_bytes(std::int64_t /*rows*/) const override { return 0; }

  void forward(const assay::Pass& pass, std::span<std::byte> /*workspace*/,
               assay::MatrixView<const float> x, assay::MatrixView<float> outputs) const override {
    const float* kernel = pass.parameters[0];
    for (std::int64_t row = 0; row < x.rows; ++row) {
      float* y = outputs.row(row);
      if (has_bias_) std::copy_n(pass.parameters[1], outputs_, y);
      else std::fill_n(y, outputs_, 0.0F);
      for (std::int64_t i = 0; i < inputs_; ++i)
        for (std::int64_t j = 0; j < outputs_; ++j)
          y[j] += x.row(row)[i] * kernel[i * outputs_ + j];
    }
    if (pass.probe != nullptr) pass.probe->output(0, outputs);
  }

  void backward(const assay::Pass& /*pass*/, std::span<std::byte> /*workspace*/,
                assay::MatrixView<const float> x, assay::MatrixView<const float> d_outputs,
                std::span<float* const> gradients) const override {
    for (std::int64_t row = 0; row < x.rows; ++row) {
      const float* d = d_outputs.row(row);
      for (std::int64_t i = 0; i < inputs_; ++i)
        for (std::int64_t j = 0; j < outputs_; ++j)
          gradients[0][i * outputs_ + j] += x.row(row)[i] * d[j];
      if (has_bias_)
        for (std::int64_t j = 0; j < outputs_; ++j) gradients[1][j] += d[j];
    }
  }

 private:
  bool has_bias_;
  std::int64_t inputs_ = 0, outputs_ = 0;
};

}  // namespace

ASSAY_PLUGIN("plugin_name", "0.1.0", "MIT", PluginName)
