// One flat buffer with numbers for all parameters of a model: weights, gradients or optimizer
// slots.
#pragma once

#include <cstddef>
#include <limits>
#include <new>
#include <span>
#include <vector>

#include "runner/base/buffer.h"
#include "runner/run_folder/weights.h"
#include "runner/train/model_description.h"

namespace assay::train {

class ParameterMemory {
 public:
  /// Starts with zeros. Every parameter begins at a 64-byte boundary.
  explicit ParameterMemory(const ModelDescription& model) {
    constexpr std::size_t step = base::Buffer::alignment / sizeof(float);
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max() / sizeof(float) / 2;
    std::vector<std::size_t> offsets;
    std::size_t total = 0;
    for (const ParameterInfo& p : model.parameters) {
      offsets.push_back(total);
      sizes_.push_back(static_cast<std::size_t>(p.shape.elements()));
      total += (sizes_.back() + step - 1) / step * step;
      if (total > most) throw std::bad_alloc();
    }
    buffer_ = base::Buffer(total * sizeof(float));
    for (const std::size_t offset : offsets) pointers_.push_back(buffer_.as<float>() + offset);
    const_pointers_.assign(pointers_.begin(), pointers_.end());
  }

  std::span<float* const> pointers() { return pointers_; }
  std::span<const float* const> pointers() const { return const_pointers_; }
  std::span<float> values(std::size_t parameter) {
    return {pointers_[parameter], sizes_[parameter]};
  }
  std::span<const float> values(std::size_t parameter) const {
    return {pointers_[parameter], sizes_[parameter]};
  }
  /// Returns all bytes, including the gaps between parameters.
  std::span<std::byte> bytes() { return buffer_.bytes(); }
  std::span<const std::byte> bytes() const { return buffer_.bytes(); }

 private:
  base::Buffer buffer_;
  std::vector<std::size_t> sizes_;
  std::vector<float*> pointers_;
  std::vector<const float*> const_pointers_;
};

/// Returns the parameters by name, for run_folder::write_weights and digest.
inline std::vector<run_folder::NamedTensor> named_tensors(const ModelDescription& model,
                                                          const ParameterMemory& memory) {
  std::vector<run_folder::NamedTensor> tensors;
  for (std::size_t i = 0; i < model.parameters.size(); ++i)
    tensors.push_back({model.parameters[i].name, model.parameters[i].shape, memory.values(i)});
  return tensors;
}

}  // namespace assay::train
