// Kind `model`: a function of rows with trainable parameters, and its derivative.
//
// A model knows nothing of threads, losses or optimizers. The host owns all memory: parameters lie
// in one flat float32 buffer, each at a 64-byte boundary; a block of rows comes with a workspace
// that carries intermediate values from forward to backward.
//
// The host calls forward and backward of one model from several threads at once, each with its own
// workspace: they are const and touch nothing but what they are handed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "assay/kind.h"
#include "assay/tensor.h"

namespace assay {

/// How a parameter starts. The random ones equal jax.nn.initializers of the same name: variance
/// scaling by the fan, "normal" truncated at two deviations, drawn with JAX's Threefry. fan_in is
/// the product of all dimensions but the last, fan_out that of all but the one before it (a kernel
/// is [in, out]).
enum class Initializer : std::uint32_t {
  zeros,
  ones,
  lecun_normal,
  lecun_uniform,
  he_normal,
  he_uniform,
  glorot_normal,
  glorot_uniform,
};

inline constexpr const char* initializer_choices =
    "zeros|ones|lecun_normal|lecun_uniform|he_normal|he_uniform|glorot_normal|glorot_uniform";

/// What a parameter is for: optimizers may treat biases otherwise than kernels.
enum class Role : std::uint32_t { kernel, bias, scale, embedding, other };

/// One branch of the tree that `assay describe` prints. Strings are copied.
struct Layer {
  std::string_view name;            ///< "layer1"
  std::string_view operation;       ///< "Linear"
  std::string_view activation;      ///< "selu", or empty
  Shape input;                      ///< of one row
  Shape output;                     ///< of one row
  std::span<const int> parameters;  ///< as numbered by ModelBuilder::parameter
};

/// Where a model declares what it consists of, once, before anything else.
class ModelBuilder {
 public:
  /// The shape of one sample.
  virtual Shape sample() const = 0;
  /// How many numbers per row the model must put out; the loss decides this.
  virtual std::int64_t outputs() const = 0;

  /// Declares a trainable parameter and returns its number: 0, 1, 2, ... in order of declaration.
  /// The number also selects its random stream: with one seed, parameter i always starts alike.
  virtual int parameter(std::string_view name, const Shape& shape, Role role,
                        Initializer initializer) = 0;
  /// Declares a layer, from input to output. Its number (0, 1, ...) is what Probe::output names.
  virtual void layer(const Layer& layer) = 0;

 protected:
  ~ModelBuilder() = default;
};

/// Looks at what passes between the layers. Only set when somebody asked (a NaN is being hunted).
class Probe {
 public:
  /// The output of a layer, after its activation, for the rows of the block.
  virtual void output(int layer, MatrixView<const float> values) = 0;

 protected:
  ~Probe() = default;
};

enum class Mode : std::uint32_t { training, evaluation };

/// What a block of rows is computed for.
struct Pass {
  Mode mode = Mode::training;
  std::uint64_t key = 0;       ///< the run's seed, for components that draw numbers
  std::int64_t step = 0;       ///< finished updates
  std::int64_t first_row = 0;  ///< of the block, counted within the batch or split
  /// By the numbers of ModelBuilder::parameter; each row-major, dense, 64-byte aligned.
  std::span<const float* const> parameters;
  Probe* probe = nullptr;
  /// For a backward of a model that sets_gradients(): overwrite the gradients, they hold nothing.
  bool set_gradients = false;
};

class Model {
 public:
  static constexpr Kind kind = Kind::model;
  virtual ~Model() = default;

  /// Declares parameters and layers. Throws Error when the shapes do not fit.
  virtual void build(ModelBuilder& builder) = 0;

  /// False: any rows may be computed together or apart, with the same result up to rounding.
  /// True: the rows of a batch depend on each other (batch normalization); the host then hands over
  /// whole batches only.
  virtual bool whole_batches() const { return false; }

  /// How many rows per block this model is fast with. A pure function of the shapes, never of the
  /// CPU: the height of the blocks decides the last bits of the result.
  virtual std::int64_t block_rows() const { return 64; }

  /// Bytes of workspace for a block of up to `rows` rows.
  virtual std::size_t workspace_bytes(std::int64_t rows) const = 0;

  /// outputs [rows, builder.outputs()] = f(x), x [rows, elements of a sample]. The workspace is
  /// 64-byte aligned, at least workspace_bytes(x.rows) long, and not cleared between blocks.
  virtual void forward(const Pass& pass, std::span<std::byte> workspace, MatrixView<const float> x,
                       MatrixView<float> outputs) const = 0;

  /// True: backward() obeys Pass::set_gradients. False: that is never set, and the host clears the
  /// gradients instead, which for wide layers is felt.
  virtual bool sets_gradients() const { return false; }

  /// Adds to gradients[i] (shaped like parameter i, dense, 64-byte aligned) the sum over the rows
  /// of d loss / d parameter i, given d_outputs = d loss / d outputs. Follows a forward of the same
  /// rows with the same pass and workspace.
  virtual void backward(const Pass& pass, std::span<std::byte> workspace, MatrixView<const float> x,
                        MatrixView<const float> d_outputs,
                        std::span<float* const> gradients) const = 0;
};

}  // namespace assay
