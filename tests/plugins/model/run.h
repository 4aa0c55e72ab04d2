// A model with the host's side of the contract in assay/model.h, for tests.
#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/model.h"
#include "tests/support/component.h"
#include "tests/support/instruction_sets.h"

namespace assay::test {

/// Returns normal random numbers with the given standard deviation.
std::vector<float> numbers(std::size_t count, unsigned seed, float deviation);

/// Memory in the form in which the host lends it: aligned to 64 bytes and filled with NaN, which
/// reveals a model that reads memory it has not written.
template <class T>
class Buffer {
 public:
  explicit Buffer(std::size_t count)
      : data_(static_cast<T*>(::operator new(count * sizeof(T) + 64, alignment))), size_(count) {
    auto* words = reinterpret_cast<std::uint32_t*>(data_.get());
    for (std::size_t i = 0; i < count * sizeof(T) / 4; ++i) words[i] = 0x7fc00000;
  }
  std::span<T> span() const { return {data_.get(), size_}; }
  T* data() const { return data_.get(); }

 private:
  static constexpr std::align_val_t alignment{64};
  struct Delete {
    void operator()(T* data) const { ::operator delete(data, alignment); }
  };
  std::unique_ptr<T, Delete> data_;
  std::size_t size_;
};

class ModelRun {
 public:
  struct Declared {
    std::string name;
    Shape shape;
    Role role;
    Initializer initializer;
  };
  struct DeclaredLayer {
    std::string name, operation, activation;
    Shape input, output;
    std::vector<int> parameters;
  };

  /// Creates and builds an mlp with zero parameters and gradients.
  ModelRun(std::string_view options, const Shape& sample, std::int64_t outputs, InstructionSet set);

  const Model& model() const { return *model_; }
  const std::vector<Declared>& declared() const { return declared_; }
  const std::vector<DeclaredLayer>& layers() const { return layers_; }
  std::span<float> parameter(std::size_t i) const { return parameters_[i].span(); }
  std::span<float> gradient(std::size_t i) const { return gradients_[i].span(); }
  std::size_t size() const { return parameters_.size(); }

  /// Fills kernels with deviation 1 / sqrt(inputs), and biases with deviation 0.3.
  void fill_parameters(unsigned seed);
  void clear_gradients();
  /// These compute one block.
  void forward(MatrixView<const float> x, MatrixView<float> outputs, Probe* probe = nullptr);
  void backward(MatrixView<const float> x, MatrixView<const float> d_outputs, bool set = false);

 private:
  Pass pass(Probe* probe) const;
  std::span<std::byte> workspace(std::int64_t rows);

  std::unique_ptr<Model> model_;
  std::vector<Declared> declared_;
  std::vector<DeclaredLayer> layers_;
  std::vector<Buffer<float>> parameters_, gradients_;
  std::vector<const float*> values_;
  std::vector<float*> gradient_pointers_;
  std::vector<Buffer<std::byte>> workspaces_;
  std::int64_t workspace_rows_ = 0;
};

}  // namespace assay::test
