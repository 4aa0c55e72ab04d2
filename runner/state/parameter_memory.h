// Numbers for all parameters of a model in one flat buffer: weights, gradients, or an optimizer's
// state for each weight.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/tensor.h"
#include "runner/base/buffer.h"
#include "runner/state/registry.h"
#include "runner/state/safetensors.h"

namespace assay::state {

/// Name and shape of a parameter.
struct NamedShape {
  std::string name;  ///< "layer1.kernel"
  Shape shape;
};

class ParameterMemory {
 public:
  /// Every number is zero at first, and every parameter begins at a 64-byte boundary. Throws
  /// std::bad_alloc.
  explicit ParameterMemory(std::span<const NamedShape> parameters);

  std::span<float* const> pointers() { return pointers_; }
  std::span<const float* const> pointers() const { return const_pointers_; }
  std::span<float> values(std::size_t parameter) {
    return {pointers_[parameter], sizes_[parameter]};
  }
  std::span<const float> values(std::size_t parameter) const {
    return {pointers_[parameter], sizes_[parameter]};
  }
  /// Returns everything, including the gaps between parameters.
  std::span<std::byte> bytes() { return buffer_.bytes(); }
  std::span<const std::byte> bytes() const { return buffer_.bytes(); }

 private:
  base::Buffer buffer_;
  std::vector<std::size_t> sizes_;
  std::vector<float*> pointers_;
  std::vector<const float*> const_pointers_;
};

/// Lends each parameter's numbers to the registry, named PREFIX/NAME. The parameters are those that
/// the memory was made for.
void lend(std::string_view prefix, std::span<const NamedShape> parameters, ParameterMemory& memory,
          Registry& registry);

/// Returns the parameters' numbers under their own names. They are views.
std::vector<NamedTensor> named_tensors(std::span<const NamedShape> parameters,
                                       const ParameterMemory& memory);

}  // namespace assay::state
