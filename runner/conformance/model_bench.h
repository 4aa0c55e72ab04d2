// A model with memory, as the trainer would lend it, for the checks of model.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "assay/model.h"
#include "runner/conformance/neutral.h"
#include "runner/conformance/subject.h"
#include "runner/train/model_description.h"

namespace assay::conformance {

class ModelBench {
 public:
  /// Builds the model for the first of sample_shapes() that it accepts. Throws NotRun if it refuses
  /// all of them, and train::UnsoundModel for a model that no run would accept.
  explicit ModelBench(const Subject& subject);

  const plugin_host::Handle<Model>& model() const { return model_; }
  const train::ModelDescription& description() const { return description_; }
  std::size_t parameter_count() const { return description_.parameters.size(); }
  std::span<float> parameter(std::size_t i) const { return parameters_[i].as<float>(); }

  /// Returns what the model declared with the facet Stateful.
  state::ComponentState& state() const { return *state_; }
  /// Goes through a batch of training, its statistics included. Its numbers depend on `set`.
  void train(std::int64_t rows, int set) const;

  /// Returns samples or d_outputs for this many rows. The same `set` always gives the same numbers;
  /// another set gives others.
  LentMatrix samples(std::int64_t rows, int set = 0) const;
  LentMatrix d_outputs(std::int64_t rows, int set = 0) const;

  /// Returns a workspace for this many rows, full of NaN.
  Lent workspace(std::int64_t rows) const;
  Pass pass(std::int64_t first_row = 0, Probe* probe = nullptr) const;
  /// Computes a block. A model with the facet Phases takes it for a whole batch in training, in all
  /// its phases; returns the totals then, which backward() needs.
  std::vector<double> forward(const Pass& pass, const Lent& workspace, MatrixView<const float> x,
                              MatrixView<float> outputs) const;

  /// Returns one buffer for each parameter, with all elements `value`.
  std::vector<Lent> gradients(float value) const;
  /// Computes a block after forward(), which returned `totals`.
  void backward(const Pass& pass, const Lent& workspace, MatrixView<const float> x,
                MatrixView<const float> d_outputs, const std::vector<Lent>& gradients,
                std::vector<double> totals) const;

  /// Runs forward and backward over the rows in blocks of `height`. Adds up the gradients, starting
  /// from a value in every element, or with Pass::set_gradients in the first block. Checks that
  /// nothing was written out of bounds.
  struct Result {
    std::vector<float> outputs;
    std::vector<std::vector<float>> gradients;
  };
  Result run(std::int64_t rows, std::int64_t height, std::optional<float> before = 0.0F) const;

 private:
  // A block of rows with its workspace.
  struct Block {
    Pass pass;
    const Lent* workspace;
    MatrixView<const float> x, d_outputs;
    MatrixView<float> outputs;
  };
  void fill_parameters();
  void forward(std::span<Block> blocks, std::vector<double>& totals) const;
  void backward(std::span<Block> blocks, const std::vector<Lent>& gradients,
                std::vector<double>& totals) const;

  plugin_host::Handle<Model> model_;
  train::ModelDescription description_;
  state::ComponentState* state_ = nullptr;  // the subject's
  std::vector<Lent> parameters_;
  std::vector<const float*> pointers_;
  // The numbers that are summed after each phase; none for a model that has one phase.
  std::vector<std::size_t> forward_sums_, backward_sums_;
};

}  // namespace assay::conformance
