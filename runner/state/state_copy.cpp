#include "runner/state/state_copy.h"

#include <algorithm>
#include <utility>

namespace assay::state {
namespace {

constexpr std::size_t room_to_grow = std::size_t{64} << 10;  // for last values and owners of tags

std::size_t bytes_of(std::span<const NamedTensor> tensors) {
  std::size_t bytes = 0;
  for (const NamedTensor& tensor : tensors) bytes += tensor.bytes.size();
  return bytes;
}

}  // namespace

StateCopy::StateCopy(const Registry& registry)
    : memory_(bytes_of(registry.tensors()) + room_to_grow) {}

void StateCopy::take(const Registry& registry) {
  tensors_.clear();
  std::vector<NamedTensor> tensors = registry.stored_tensors();
  if (const std::size_t bytes = bytes_of(tensors); bytes > memory_.size()) {
    memory_ = {};
    memory_ = base::Buffer(bytes + room_to_grow);
  }
  std::span<std::byte> rest = memory_.bytes();
  for (NamedTensor& tensor : tensors) {
    std::ranges::copy(tensor.bytes, rest.begin());
    tensor.bytes = rest.first(tensor.bytes.size());
    rest = rest.subspan(tensor.bytes.size());
  }
  tensors_ = std::move(tensors);
}

}  // namespace assay::state
