#include "runner/state/parameter_memory.h"

#include <fmt/format.h>

#include <limits>
#include <new>

namespace assay::state {

ParameterMemory::ParameterMemory(std::span<const NamedShape> parameters) {
  constexpr std::size_t step = base::Buffer::alignment / sizeof(float);
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max() / sizeof(float) / 2;
  std::vector<std::size_t> offsets;
  std::size_t total = 0;
  for (const NamedShape& parameter : parameters) {
    offsets.push_back(total);
    sizes_.push_back(static_cast<std::size_t>(parameter.shape.elements()));
    total += (sizes_.back() + step - 1) / step * step;
    if (total > most) throw std::bad_alloc();
  }
  buffer_ = base::Buffer(total * sizeof(float));
  for (const std::size_t offset : offsets) pointers_.push_back(buffer_.as<float>() + offset);
  const_pointers_.assign(pointers_.begin(), pointers_.end());
}

void lend(std::string_view prefix, std::span<const NamedShape> parameters, ParameterMemory& memory,
          Registry& registry) {
  for (std::size_t i = 0; i < parameters.size(); ++i)
    registry.lend(fmt::format("{}/{}", prefix, parameters[i].name), parameters[i].shape,
                  memory.values(i));
}

std::vector<NamedTensor> named_tensors(std::span<const NamedShape> parameters,
                                       const ParameterMemory& memory) {
  std::vector<NamedTensor> tensors;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    tensors.push_back(named_tensor(parameters[i].name, parameters[i].shape, memory.values(i)));
  return tensors;
}

}  // namespace assay::state
