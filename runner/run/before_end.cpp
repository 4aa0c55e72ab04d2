#include "runner/run/before_end.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace assay::run {
namespace {

using state::before_end_prefix;
using state::NamedTensor;
using state::Registry;

bool is_large(std::string_view name) {
  return name.starts_with("weights/") || name.starts_with("optimizer/") ||
         name.starts_with("gradient_transforms/");
}

}  // namespace

void StateBeforeEnd::take(const Registry& state, bool whole) {
  copies_.clear();
  pictures_.clear();
  const std::vector<NamedTensor> tensors = state.tensors();
  const std::vector<NamedTensor> stored = state.stored_tensors();
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (!whole && is_large(tensors[i].name)) continue;
    const NamedTensor& tensor = stored[i];
    copies_[tensor.name] = {tensor.type, tensor.shape, {tensor.bytes.begin(), tensor.bytes.end()}};
  }
}

void StateBeforeEnd::set_files(const std::map<std::string, std::int64_t>& positions,
                               const std::set<std::string>& images) {
  images_ = images;
  std::erase_if(copies_, [](const auto& copy) { return copy.first.starts_with("logs/"); });
  for (const auto& [file, position] : positions) {
    const auto bytes = std::as_bytes(std::span(&position, 1));
    copies_["logs/" + file] = {DType::int64, Shape(), {bytes.begin(), bytes.end()}};
  }
}

void StateBeforeEnd::read(const state::StoredTensors& file,
                          const std::vector<std::string>& pictures) {
  copies_.clear();
  pictures_ = pictures;
  for (const auto& [name, tensor] : file.header().tensors) {
    if (!name.starts_with(before_end_prefix)) continue;
    Copy copy{tensor.type, tensor.shape,
              std::vector<std::byte>(static_cast<std::size_t>(tensor.end - tensor.begin))};
    file.read(tensor, copy.bytes);
    copies_[name.substr(before_end_prefix.size())] = std::move(copy);
  }
}

bool StateBeforeEnd::is_in(const state::StoredTensors& file) {
  return std::ranges::any_of(file.header().tensors, [](const auto& tensor) {
    return tensor.first.starts_with(before_end_prefix);
  });
}

std::vector<NamedTensor> StateBeforeEnd::tensors(std::span<const NamedTensor> now) const {
  std::map<std::string_view, std::span<const std::byte>> values;
  for (const NamedTensor& tensor : now) values.emplace(tensor.name, tensor.bytes);
  std::vector<NamedTensor> different;
  for (const auto& [name, copy] : copies_) {
    const auto found = values.find(name);
    if (!Registry::keeps(name) && found != values.end() &&
        std::ranges::equal(found->second, copy.bytes))
      continue;
    different.push_back({std::string(before_end_prefix) + name, copy.type, copy.shape, copy.bytes});
  }
  return different;
}

std::vector<std::string> StateBeforeEnd::pictures_since(const std::set<std::string>& images) const {
  std::vector<std::string> added = pictures_;
  std::ranges::set_difference(images, images_, std::back_inserter(added));
  return added;
}

}  // namespace assay::run
