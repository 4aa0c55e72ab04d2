// Kind `model`: a function of rows with trainable parameters, and its derivative.
//
// A model knows nothing of threads, losses or optimizers. The host owns all memory. Parameters lie
// in one flat float32 buffer, each at a 64-byte boundary. Each block of rows comes with a workspace
// that carries intermediate values from forward to backward.
//
// The host calls forward and backward of one model from several threads at once, each with its own
// workspace. So these functions are const and touch only their arguments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "assay/kind.h"
#include "assay/tensor.h"

namespace assay {

/// The initial value of a parameter. The random initializers equal jax.nn.initializers of the same
/// name: variance scaling by the fan, "normal" truncated at two deviations, drawn with JAX's
/// Threefry. fan_in is the product of all dimensions except the last; fan_out is the product of all
/// dimensions except the second-to-last (a kernel is [in, out]).
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

/// The purpose of a parameter: optimizers may treat biases differently from kernels.
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

/// Collects the parameters and layers of a model. The model declares them once, before anything
/// else.
class ModelBuilder {
 public:
  /// Returns the shape of one sample.
  virtual Shape sample() const = 0;
  /// Returns the number of outputs per row that the model must have; the loss decides it.
  virtual std::int64_t outputs() const = 0;

  /// Declares a trainable parameter and returns its number: 0, 1, 2, ... in order of declaration.
  /// The number also selects its random stream: with the same seed, parameter i always starts the
  /// same.
  virtual int parameter(std::string_view name, const Shape& shape, Role role,
                        Initializer initializer) = 0;
  /// Declares a layer, from input to output. Probe::output refers to it by its number (0, 1, ...).
  virtual void layer(const Layer& layer) = 0;

 protected:
  ~ModelBuilder() = default;
};

/// Inspects the values between the layers. Set only on request (to find the source of a NaN).
class Probe {
 public:
  /// Receives the output of a layer, after its activation, for the rows of the block.
  virtual void output(int layer, MatrixView<const float> values) = 0;

 protected:
  ~Probe() = default;
};

enum class Mode : std::uint32_t { training, evaluation };

/// The context in which a block of rows is computed.
struct Pass {
  Mode mode = Mode::training;
  std::uint64_t key = 0;       ///< the run's seed, for components that draw numbers
  std::int64_t step = 0;       ///< finished updates
  std::int64_t first_row = 0;  ///< of the block, counted within the batch or split
  /// Indexed by the numbers of ModelBuilder::parameter; each row-major, dense, 64-byte aligned.
  std::span<const float* const> parameters;
  Probe* probe = nullptr;
  /// Tells backward() of a model with sets_gradients() to overwrite the gradients, whose content is
  /// undefined.
  bool set_gradients = false;

  // For models with the facet Phases (phases.h), in training:
  int phase = 0;                        ///< of forward() or of backward(), from 0
  std::int64_t batch_rows = 0;          ///< rows of the whole batch
  std::span<const double> totals = {};  ///< over the batch, of all phases before this one
  std::span<double> sums = {};          ///< of this phase; the block adds its part
};

class Model {
 public:
  static constexpr Kind kind = Kind::model;
  virtual ~Model() = default;

  /// Declares parameters and layers. Throws Error if the shapes do not fit.
  virtual void build(ModelBuilder& builder) = 0;

  /// Returns true if the rows of a batch depend on each other in other ways than by sums
  /// (phases.h); the host then passes whole batches only, each on one thread. Returns false if any
  /// rows may be computed together or separately, with the same result up to rounding.
  virtual bool whole_batches() const { return false; }

  /// Returns the number of rows per block at which this model is fast. It must depend on the shapes
  /// only, never on the CPU: the height of the blocks affects the last bits of the result.
  virtual std::int64_t block_rows() const { return 64; }

  /// Returns the bytes of workspace that a block of up to `rows` rows needs.
  virtual std::size_t workspace_bytes(std::int64_t rows) const = 0;

  /// Computes outputs [rows, builder.outputs()] = f(x), with x [rows, elements of a sample]. The
  /// workspace is 64-byte aligned, has at least workspace_bytes(x.rows) bytes, and is not cleared
  /// between blocks.
  virtual void forward(const Pass& pass, std::span<std::byte> workspace, MatrixView<const float> x,
                       MatrixView<float> outputs) const = 0;

  /// Returns true if backward() obeys Pass::set_gradients. If false, the host never sets it and
  /// clears the gradients instead, which costs noticeable time for wide layers.
  virtual bool sets_gradients() const { return false; }

  /// Adds to gradients[i] (shaped like parameter i, dense, 64-byte aligned) the sum over the rows
  /// of d loss / d parameter i, given d_outputs = d loss / d outputs. Called after a forward pass
  /// of the same rows with the same pass and workspace.
  virtual void backward(const Pass& pass, std::span<std::byte> workspace, MatrixView<const float> x,
                        MatrixView<const float> d_outputs,
                        std::span<float* const> gradients) const = 0;
};

}  // namespace assay
