// A model with memory around it, as the trainer would lend it, for the checks of model.cpp.
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
  /// Builds it for the first of sample_shapes() that it takes. Throws NotRun if it refuses all of
  /// them, train::UnsoundModel for what no run would take.
  explicit ModelBench(const Subject& subject);

  const plugin_host::Handle<Model>& model() const { return model_; }
  const train::ModelDescription& description() const { return description_; }
  std::size_t parameter_count() const { return description_.parameters.size(); }
  std::span<float> parameter(std::size_t i) const { return parameters_[i].as<float>(); }

  /// Samples and d_outputs for so many rows; always the same for one `set`, others for another.
  LentMatrix samples(std::int64_t rows, int set = 0) const;
  LentMatrix d_outputs(std::int64_t rows, int set = 0) const;

  /// A workspace for so many rows, full of NaN.
  Lent workspace(std::int64_t rows) const;
  Pass pass(std::int64_t first_row = 0, Probe* probe = nullptr) const;
  void forward(const Pass& pass, const Lent& workspace, MatrixView<const float> x,
               MatrixView<float> outputs) const;

  /// One buffer for each parameter, all elements `value`.
  std::vector<Lent> gradients(float value) const;
  void backward(const Pass& pass, const Lent& workspace, MatrixView<const float> x,
                MatrixView<const float> d_outputs, const std::vector<Lent>& gradients) const;

  /// Forward and backward over the rows in blocks of `height`. Adds the gradients up, from a value
  /// in every element or with Pass::set_gradients in the first block, and checks that nothing was
  /// written where it must not be.
  struct Result {
    std::vector<float> outputs;
    std::vector<std::vector<float>> gradients;
  };
  Result run(std::int64_t rows, std::int64_t height, std::optional<float> before = 0.0F) const;

 private:
  void fill_parameters();

  plugin_host::Handle<Model> model_;
  train::ModelDescription description_;
  std::vector<Lent> parameters_;
  std::vector<const float*> pointers_;
};

}  // namespace assay::conformance
