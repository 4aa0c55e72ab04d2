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
#include "assay/parts.h"
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

class Mlp final : public Model, public Parts {
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
    divide();
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
    float* const memory = floats(workspace);
    take_samples(at, memory, x, {0, x.columns});
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      compute_outputs(pass, at, memory, i, {0, layers_[i].outputs});
      if (pass.probe != nullptr) show(pass, at, memory, x.rows, i);
    }
    give_outputs(at, memory, outputs, {0, outputs.columns});
  }

  bool sets_gradients() const override { return true; }

  void backward(const Pass& pass, std::span<std::byte> workspace, MatrixView<const float> x,
                MatrixView<const float> d_outputs,
                std::span<float* const> gradients) const override {
    if (x.rows == 0) return;
    const Layout at = layout(x.rows);
    float* const memory = floats(workspace);
    take_derivatives(at, memory, d_outputs);
    for (std::size_t i = layers_.size(); i-- > 0;) {
      add_gradients(pass, at, memory, x.rows, i, {0, kernels_.gradient_slices(layers_[i].outputs)},
                    memory + at.scratch, gradients);
      if (i > 0) derive_inputs(pass, at, memory, i, {0, layers_[i].inputs});
    }
  }

  std::span<const std::int64_t> forward_parts() const override { return forward_parts_; }
  std::span<const std::int64_t> backward_parts() const override { return backward_parts_; }
  std::size_t scratch_bytes(std::int64_t rows) const override {
    Index most = 0;
    for (const Linear& layer : layers_)
      most = std::max(most, kernels_.gradient_scratch(rows, layer.outputs));
    return static_cast<std::size_t>(most) * sizeof(float);
  }

  // The first stage takes the samples, and each of the others computes a layer.
  void forward_part(const Part& part, const Pass& pass, std::span<std::byte> workspace,
                    MatrixView<const float> x, MatrixView<float> outputs) const override {
    const Layout at = layout(x.rows);
    float* const memory = floats(workspace);
    const Index parts = forward_parts_[static_cast<std::size_t>(part.stage)];
    if (part.stage == 0) return take_samples(at, memory, x, share(x.columns, part.index, parts));
    const auto i = static_cast<std::size_t>(part.stage) - 1;
    const Slice slice = share(layers_[i].outputs, part.index, parts);
    compute_outputs(pass, at, memory, i, slice);
    if (i + 1 == layers_.size()) give_outputs(at, memory, outputs, slice);
  }

  // The first stage takes the derivatives, and the others go back from layer to layer: the first
  // parts of each compute gradients, and the rest the derivatives for the layer before.
  void backward_part(const Part& part, const Pass& pass, std::span<std::byte> workspace,
                     MatrixView<const float> x, MatrixView<const float> d_outputs,
                     std::span<float* const> gradients) const override {
    const Layout at = layout(x.rows);
    float* const memory = floats(workspace);
    if (part.stage == 0) return take_derivatives(at, memory, d_outputs);
    const std::size_t i = layers_.size() - static_cast<std::size_t>(part.stage);
    const Linear& layer = layers_[i];
    const Index slices = kernels_.gradient_slices(layer.outputs), parts = gradient_parts(layer);
    if (part.index < parts)
      add_gradients(pass, at, memory, x.rows, i, share(slices, part.index, parts),
                    floats(part.scratch), gradients);
    else
      derive_inputs(pass, at, memory, i,
                    share(layer.inputs, part.index - parts, parts_of(layer, layer.inputs)));
  }

 private:
  /// The offsets of the arrays in the workspace of a block, in floats. It begins with the input and
  /// every layer's output, feature-major, each [features][stride].
  struct Layout {
    Index stride;             ///< rows, rounded up to whole vectors
    Index last_output;        ///< the last layer's output
    Index before_activation;  ///< from an output to its value before the activation; 0: none
    Index d;                  ///< d loss / d output of a layer, before its activation
    Index d_input;            ///< the same for the next one
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

  // From `begin` to before `end`: of features, or of the slices of Kernels::gradients.
  struct Slice {
    Index begin, end;
  };
  static Slice share(Index all, Index part, Index parts) {
    return {part * all / parts, (part + 1) * all / parts};
  }

  /// Returns how many parts the products of a layer have if they are divided by `features`. A core
  /// needs a tenth of a millisecond or two for a part and 128 rows.
  static Index parts_of(const Linear& layer, Index features) {
    constexpr Index weights = 1 << 16;
    return std::clamp<Index>(layer.inputs * layer.outputs / weights, 1,
                             std::min<Index>(features, 16));
  }
  Index gradient_parts(const Linear& layer) const {
    return parts_of(layer, kernels_.gradient_slices(layer.outputs));
  }

  /// Decides which parts threads share, if blocks are worth it: if they take a millisecond.
  void divide() {
    constexpr Index many = 1 << 17;
    Index weights = 0;
    for (const Linear& layer : layers_) weights += layer.inputs * layer.outputs;
    if (weights < many) return;
    forward_parts_.push_back(std::min<Index>(layers_.front().inputs, 4));
    for (const Linear& layer : layers_) forward_parts_.push_back(parts_of(layer, layer.outputs));
    backward_parts_.push_back(1);
    for (std::size_t i = layers_.size(); i-- > 0;)
      backward_parts_.push_back(gradient_parts(layers_[i]) +
                                (i > 0 ? parts_of(layers_[i], layers_[i].inputs) : 0));
  }

  static float* floats(std::span<std::byte> bytes) {
    return reinterpret_cast<float*>(bytes.data());
  }

  /// Returns the input of a layer, which is the output of the layer before.
  float* input_of(const Layout& at, float* memory, std::size_t layer) const {
    for (std::size_t i = 0; i < layer; ++i) memory += layers_[i].inputs * at.stride;
    return memory;
  }

  /// Returns d loss / d output of a layer. There are two such arrays, which take turns.
  static float* derivative_of(const Layout& at, float* memory, std::size_t layer) {
    return memory + (layer % 2 == 0 ? at.d : at.d_input);
  }

  void take_samples(const Layout& at, float* memory, MatrixView<const float> x, Slice s) const {
    kernels_.transpose(x.data + s.begin, x.stride, x.rows, s.end - s.begin,
                       memory + s.begin * at.stride, at.stride, at.stride);
  }

  void compute_outputs(const Pass& pass, const Layout& at, float* memory, std::size_t i,
                       Slice s) const {
    const Linear& layer = layers_[i];
    const bool last = i + 1 == layers_.size();
    float* const output = input_of(at, memory, i + 1) + s.begin * at.stride;
    float* const z = last ? output : output + at.before_activation;
    kernels_.product(value(pass, layer.kernel) + s.begin, layer.outputs,
                     value(pass, layer.bias) + s.begin, layer.inputs, s.end - s.begin,
                     input_of(at, memory, i), z, at.stride);
    if (!last) kernels_.activate(given_.activation, z, output, (s.end - s.begin) * at.stride);
  }

  void give_outputs(const Layout& at, float* memory, MatrixView<float> outputs, Slice s) const {
    kernels_.transpose(memory + at.last_output + s.begin * at.stride, at.stride, s.end - s.begin,
                       outputs.rows, outputs.data + s.begin, outputs.stride, s.end - s.begin);
  }

  void show(const Pass& pass, const Layout& at, float* memory, Index rows, std::size_t i) const {
    const Index outputs = layers_[i].outputs;
    const MatrixView<float> shown{memory + at.scratch, rows, outputs, outputs};
    kernels_.transpose(input_of(at, memory, i + 1), at.stride, outputs, rows, shown.data, outputs,
                       outputs);
    pass.probe->output(static_cast<int>(i), shown);
  }

  void take_derivatives(const Layout& at, float* memory, MatrixView<const float> d_outputs) const {
    kernels_.transpose(d_outputs.data, d_outputs.stride, d_outputs.rows, d_outputs.columns,
                       derivative_of(at, memory, layers_.size() - 1), at.stride, at.stride);
  }

  /// Computes the derivatives with respect to the inputs of a layer, before the activation of the
  /// layer that they come from.
  void derive_inputs(const Pass& pass, const Layout& at, float* memory, std::size_t i,
                     Slice s) const {
    const Linear& layer = layers_[i];
    const float* const input = input_of(at, memory, i) + s.begin * at.stride;
    float* const d_input = derivative_of(at, memory, i - 1) + s.begin * at.stride;
    kernels_.product_transposed(value(pass, layer.kernel) + s.begin * layer.outputs,
                                s.end - s.begin, layer.outputs, derivative_of(at, memory, i),
                                d_input, at.stride);
    kernels_.differentiate(given_.activation, input + at.before_activation, input, d_input,
                           (s.end - s.begin) * at.stride);
  }

  void add_gradients(const Pass& pass, const Layout& at, float* memory, Index rows, std::size_t i,
                     Slice slices, float* scratch, std::span<float* const> gradients) const {
    const Linear& layer = layers_[i];
    kernels_.gradients(input_of(at, memory, i), derivative_of(at, memory, i), rows, at.stride,
                       layer.inputs, layer.outputs, slices.begin, slices.end, scratch,
                       gradients[static_cast<std::size_t>(layer.kernel)],
                       gradients[static_cast<std::size_t>(layer.bias)], !pass.set_gradients);
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
  std::vector<std::int64_t> forward_parts_, backward_parts_;  // none if blocks are not shared
  const Kernels& kernels_;
};

}  // namespace

ASSAY_PLUGIN("mlp", "1.0.0", "MIT", Mlp)
