// Model `mlp`: a multilayer perceptron, linear layers with an activation after all but the last.
//
//   layer i: y = f(x W + b),  W = layer<i>.kernel [in, out],  b = layer<i>.bias [out]
//
// Names and layout are those of Flax (nnx.Linear). The loss determines the width of the last layer.
//
//   hidden       widths of the hidden layers (default [100, 100]); [] is a linear model
//   activation   selu, relu, gelu (the tanh approximation), tanh, sigmoid or identity
//                (default selu)
//   init         initial values of the parameters, as in jax.nn.initializers: kernel (default
//                lecun_normal: zeros, ones, or lecun_, he_ or glorot_ with normal or uniform)
//                and bias (default zeros)
//
//   model:
//     type: mlp
//     hidden: [100, 100]
//     activation: selu
//     init: {kernel: lecun_normal, bias: zeros}
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assay/model.h"
#include "assay/plugin.h"
#include "kernels.h"

namespace {

using namespace assay;
using mlp::Activation;
using mlp::Index;
using mlp::Kernels;

constexpr const char* activation_choices = "selu|relu|gelu|tanh|sigmoid|identity";

const Kernels& kernels_for([[maybe_unused]] InstructionSet set) {
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return mlp::avx512_kernels;
  if (set == InstructionSet::avx2) return mlp::avx2_kernels;
#endif
  return mlp::generic_kernels;
}

Index round_up(Index n, Index unit) { return (n + unit - 1) / unit * unit; }

struct Linear {
  std::string name;
  Index inputs;
  Index outputs;
  int kernel;
  int bias;
};

class Mlp final : public Model {
 public:
  static constexpr About about = {.name = "mlp",
                                  .doc = "Linear layers with an activation between them."};
  /// The initial values of the parameters.
  struct Init {
    Initializer kernel = Initializer::lecun_normal;
    Initializer bias = Initializer::zeros;
    static constexpr auto table = options(
        option("kernel", &Init::kernel, "initial values of the kernels",
               {.choices = initializer_choices}),
        option("bias", &Init::bias, "initial values of the biases", {.choices = "zeros|ones"}));
  };
  struct Options {
    std::vector<Index> hidden = {100, 100};
    Activation activation = Activation::selu;
    Init init;
  };
  static constexpr auto table = options(
      option("hidden", &Options::hidden, "widths of the hidden layers; [] is a linear model",
             {.minimum = 1, .maximum = 1 << 20}),
      option("activation", &Options::activation,
             "function after every layer but the last; gelu is the tanh approximation",
             {.choices = activation_choices}),
      option("init", &Options::init, "initial values of the parameters"));

  Mlp(const Options& given, const Host& host)
      : given_(given), kernels_(kernels_for(host.instruction_set())) {}

  void build(ModelBuilder& builder) override {
    const Shape sample = builder.sample();
    Index inputs = sample.elements();
    if (inputs < 1) throw Error("mlp: a sample has no elements");
    std::vector<Index> widths = given_.hidden;
    widths.push_back(builder.outputs());
    for (const Index outputs : widths) {
      const bool last = layers_.size() == given_.hidden.size();
      Linear layer{"layer" + std::to_string(layers_.size() + 1), inputs, outputs, 0, 0};
      layer.kernel = builder.parameter(layer.name + ".kernel", {inputs, outputs}, Role::kernel,
                                       given_.init.kernel);
      layer.bias = builder.parameter(layer.name + ".bias", {outputs}, Role::bias, given_.init.bias);
      const int numbers[] = {layer.kernel, layer.bias};
      builder.layer({.name = layer.name,
                     .operation = "Linear",
                     .activation = last ? std::string_view() : activation_name(),
                     .input = layers_.empty() ? sample : Shape{inputs},
                     .output = {outputs},
                     .parameters = numbers});
      layers_.push_back(layer);
      inputs = outputs;
    }
  }

  std::int64_t block_rows() const override {
    constexpr Index wide = 256;
    const bool any = std::ranges::any_of(
        layers_, [](const Linear& l) { return std::max(l.inputs, l.outputs) > wide; });
    return any ? 128 : 64;
  }

  std::size_t workspace_bytes(std::int64_t rows) const override {
    return static_cast<std::size_t>(layout(rows).floats) * sizeof(float);
  }

  void forward(const Pass& pass, std::span<std::byte> workspace, MatrixView<const float> x,
               MatrixView<float> outputs) const override {
    if (x.rows == 0) return;
    const Layout at = layout(x.rows);
    float* const memory = reinterpret_cast<float*>(workspace.data());
    kernels_.transpose(x.data, x.stride, x.rows, x.columns, memory, at.stride, at.stride);
    float* input = memory;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const Linear& layer = layers_[i];
      const bool last = i + 1 == layers_.size();
      float* const output = input + layer.inputs * at.stride;
      float* const z = last ? output : output + at.before_activation;
      kernels_.product(value(pass, layer.kernel), value(pass, layer.bias), layer.inputs,
                       layer.outputs, input, z, at.stride);
      if (!last) kernels_.activate(given_.activation, z, output, layer.outputs * at.stride);
      if (pass.probe != nullptr) {
        const MatrixView<float> rows{memory + at.scratch, x.rows, layer.outputs, layer.outputs};
        kernels_.transpose(output, at.stride, rows.columns, rows.rows, rows.data, rows.stride,
                           rows.columns);
        pass.probe->output(static_cast<int>(i), rows);
      }
      input = output;
    }
    kernels_.transpose(input, at.stride, outputs.columns, outputs.rows, outputs.data,
                       outputs.stride, outputs.columns);
  }

  bool sets_gradients() const override { return true; }

  void backward(const Pass& pass, std::span<std::byte> workspace, MatrixView<const float> x,
                MatrixView<const float> d_outputs,
                std::span<float* const> gradients) const override {
    if (x.rows == 0) return;
    const Layout at = layout(x.rows);
    float* const memory = reinterpret_cast<float*>(workspace.data());
    float* d = memory + at.d;
    float* d_input = memory + at.d_input;
    kernels_.transpose(d_outputs.data, d_outputs.stride, d_outputs.rows, d_outputs.columns, d,
                       at.stride, at.stride);
    // Go from the end of the layers' inputs back to their beginning.
    const float* input = memory + at.last_output;
    for (std::size_t i = layers_.size(); i-- > 0;) {
      const Linear& layer = layers_[i];
      input -= layer.inputs * at.stride;
      kernels_.gradients(input, d, x.rows, at.stride, layer.inputs, layer.outputs,
                         memory + at.scratch, gradients[static_cast<std::size_t>(layer.kernel)],
                         gradients[static_cast<std::size_t>(layer.bias)], !pass.set_gradients);
      if (i == 0) break;
      kernels_.product_transposed(value(pass, layer.kernel), layer.inputs, layer.outputs, d,
                                  d_input, at.stride);
      kernels_.differentiate(given_.activation, input + at.before_activation, input, d_input,
                             layer.inputs * at.stride);
      std::swap(d, d_input);
    }
  }

 private:
  /// The offsets of the arrays in the workspace of a block, in floats. It begins with the input and
  /// every layer's output, feature-major, each [features][stride].
  struct Layout {
    Index stride;             ///< rows, rounded up to whole vectors
    Index last_output;        ///< the last layer's output
    Index before_activation;  ///< from an output to its value before the activation; 0: none
    Index d;                  ///< d loss / d output of the current layer, before its activation
    Index d_input;            ///< the same for the preceding layer
    Index scratch;            ///< of Kernels::gradients; or an output in rows, for the probe
    Index floats;             ///< in all
  };

  Layout layout(Index rows) const {
    Index features = layers_.front().inputs;
    Index widest = 0;
    Index scratch = 0;
    for (const Linear& layer : layers_) {
      features += layer.outputs;
      widest = std::max({widest, layer.inputs, layer.outputs});
      scratch =
          std::max({scratch, rows * layer.outputs, kernels_.gradient_scratch(rows, layer.outputs)});
    }
    Layout at{};
    at.stride = round_up(rows, kernels_.width);
    at.last_output = (features - layers_.back().outputs) * at.stride;
    // gelu's derivative cannot be computed from its output.
    at.before_activation = given_.activation == Activation::gelu ? features * at.stride : 0;
    at.d = features * at.stride + at.before_activation;
    at.d_input = at.d + widest * at.stride;
    at.scratch = at.d_input + widest * at.stride;
    at.floats = at.scratch + scratch;
    return at;
  }

  std::string_view activation_name() const {
    std::string_view words = activation_choices;
    for (auto skip = static_cast<std::uint32_t>(given_.activation); skip > 0; --skip)
      words.remove_prefix(words.find('|') + 1);
    return words.substr(0, words.find('|'));
  }

  static const float* value(const Pass& pass, int parameter) {
    return pass.parameters[static_cast<std::size_t>(parameter)];
  }

  Options given_;
  std::vector<Linear> layers_;
  const Kernels& kernels_;
};

}  // namespace

ASSAY_PLUGIN("mlp", "1.0.0", "MIT", Mlp)
