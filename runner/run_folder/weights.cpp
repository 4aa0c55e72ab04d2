#include "runner/run_folder/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "assay/error.h"
#include "runner/base/atomic_file.h"
#include "runner/config/digest.h"

namespace assay::run_folder {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

std::vector<std::int64_t> dimensions(const Shape& shape) {
  return {shape.dimensions().begin(), shape.dimensions().end()};
}

[[noreturn]] void damaged(const std::filesystem::path& path, std::string_view why) {
  throw Error(fmt::format("{}: not a whole safetensors file: {}", path.string(), why));
}

// Whether a float32 tensor of this shape has so many bytes. The dimensions come from a file: any
// numbers.
bool holds(std::span<const std::int64_t> shape, std::size_t bytes) {
  if (shape.size() > Shape::maximum_rank) return false;
  std::size_t elements = 1;
  for (const std::int64_t dimension : shape)
    if (dimension < 0 ||
        __builtin_mul_overflow(elements, static_cast<std::size_t>(dimension), &elements))
      return false;
  return bytes % sizeof(float) == 0 && elements == bytes / sizeof(float);
}

}  // namespace

void write_weights(const base::Folder& folder, std::string_view name,
                   std::span<const NamedTensor> tensors,
                   const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header;
  header["__metadata__"] = metadata;
  std::size_t offset = 0;
  for (const NamedTensor& tensor : tensors) {
    const std::size_t end = offset + tensor.values.size_bytes();
    header[tensor.name] = {
        {"dtype", "F32"}, {"shape", dimensions(tensor.shape)}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t size = text.size();

  std::vector<std::byte> file(sizeof size + text.size() + offset);
  std::byte* out = file.data();
  const auto put = [&out](const void* from, std::size_t count) {
    if (count != 0) std::memcpy(out, from, count);
    out += count;
  };
  put(&size, sizeof size);
  put(text.data(), text.size());
  for (const NamedTensor& tensor : tensors) put(tensor.values.data(), tensor.values.size_bytes());
  base::write_atomically(folder, name, file);
}

StoredWeights read_weights(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(fmt::format("{}: cannot be read", path.string()));
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::uint64_t size = 0;
  if (bytes.size() < sizeof size) damaged(path, "it has less than 8 bytes");
  std::memcpy(&size, bytes.data(), sizeof size);
  if (size > bytes.size() - sizeof size) damaged(path, "its header is cut short");
  const std::string_view data = std::string_view(bytes).substr(sizeof size + size);

  StoredWeights weights;
  std::size_t used = 0;
  try {
    const auto header = nlohmann::json::parse(std::string_view(bytes).substr(sizeof size, size));
    if (!header.is_object()) damaged(path, "its header is no JSON object");
    for (const auto& [name, entry] : header.items()) {
      if (name == "__metadata__") {
        weights.metadata = entry.get<std::map<std::string, std::string>>();
        continue;
      }
      if (entry.at("dtype") != "F32") damaged(path, fmt::format("'{}' is not float32", name));
      const auto [begin, end] = entry.at("data_offsets").get<std::array<std::size_t, 2>>();
      const auto shape = entry.at("shape").get<std::vector<std::int64_t>>();
      if (end < begin || end > data.size())
        damaged(path, fmt::format("'{}' lies outside the file", name));
      if (!holds(shape, end - begin))
        damaged(path, fmt::format("'{}' has another shape than its bytes", name));
      StoredWeights::Tensor tensor{Shape(shape), std::vector<float>((end - begin) / sizeof(float))};
      if (end != begin) std::memcpy(tensor.values.data(), data.data() + begin, end - begin);
      weights.tensors.emplace(name, std::move(tensor));
      used = std::max(used, end);
    }
  } catch (const nlohmann::json::exception& error) {
    damaged(path, error.what());
  }
  if (used != data.size()) damaged(path, "there are bytes after its last tensor");
  return weights;
}

std::string digest(std::span<const NamedTensor> tensors) {
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(),
                                                                       &XXH3_freeState);
  XXH3_128bits_reset(state.get());
  for (const NamedTensor& tensor : tensors) {
    XXH3_128bits_update(state.get(), tensor.name.data(), tensor.name.size() + 1);
    const auto shape = tensor.shape.dimensions();
    XXH3_128bits_update(state.get(), shape.data(), shape.size_bytes());
    XXH3_128bits_update(state.get(), tensor.values.data(), tensor.values.size_bytes());
  }
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::string file_digest(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return {};
  return config::digest(std::string{std::istreambuf_iterator<char>(file), {}});
}

}  // namespace assay::run_folder
