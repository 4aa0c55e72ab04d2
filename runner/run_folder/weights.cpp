#include "runner/run_folder/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "assay/error.h"
#include "runner/base/atomic_file.h"

namespace assay::run_folder {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

constexpr std::uint64_t longest_header = std::uint64_t{16} << 20;

std::vector<std::int64_t> dimensions(const Shape& shape) {
  return {shape.dimensions().begin(), shape.dimensions().end()};
}

[[noreturn]] void damaged(const std::filesystem::path& path, std::string_view why) {
  throw Error(fmt::format("{}: not a whole safetensors file: {}", path.string(), why));
}

// Digests bytes in the order in which they come, without allocating memory.
class Digest {
 public:
  Digest() { XXH3_128bits_reset(&state_); }
  void add(const void* bytes, std::size_t count) { XXH3_128bits_update(&state_, bytes, count); }
  std::string text() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(&state_);
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  }

 private:
  XXH3_state_t state_;
};

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

  base::AtomicFile file(folder, name);
  file.write(std::as_bytes(std::span(&size, 1)));
  file.write(std::as_bytes(std::span(text)));
  for (const NamedTensor& tensor : tensors) file.write(std::as_bytes(tensor.values));
  file.commit();
}

void write_weights(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                   const std::map<std::string, std::string>& metadata) {
  const base::Folder folder(std::filesystem::absolute(path).parent_path());
  write_weights(folder, path.filename().string(), tensors, metadata);
}

StoredWeights::StoredWeights(const std::filesystem::path& path) : file_(path) {
  std::uint64_t size = 0;
  if (file_.size() < sizeof size) damaged(path, "it has less than 8 bytes");
  file_.read(0, std::as_writable_bytes(std::span(&size, 1)));
  const std::uint64_t rest = file_.size() - sizeof size;
  if (size > rest) damaged(path, "its header is cut short");
  if (size > longest_header)
    damaged(path,
            fmt::format("its header has {} bytes; expected {} at most", size, longest_header));
  std::string text(size, '\0');
  file_.read(sizeof size, std::as_writable_bytes(std::span(text)));
  data_begin_ = sizeof size + size;
  try {
    header_ = read_safetensors_header(text, rest - size);
  } catch (const Error& error) {
    damaged(path, error.what());
  }
}

void StoredWeights::read(const SafetensorsHeader::Tensor& tensor, std::span<float> values) const {
  file_.read(data_begin_ + tensor.begin, std::as_writable_bytes(values));
}

std::string digest(std::span<const NamedTensor> tensors) {
  Digest digest;
  for (const NamedTensor& tensor : tensors) {
    const auto shape = tensor.shape.dimensions();
    digest.add(tensor.name.c_str(), tensor.name.size() + 1);
    digest.add(shape.data(), shape.size_bytes());
    digest.add(tensor.values.data(), tensor.values.size_bytes());
  }
  return digest.text();
}

std::string file_digest(const std::filesystem::path& path) {
  try {
    const base::RegularFile file(path);
    Digest digest;
    std::array<std::byte, 65536> part;
    for (std::uint64_t at = 0; at < file.size(); at += part.size()) {
      const auto now = std::span(part).first(
          static_cast<std::size_t>(std::min<std::uint64_t>(part.size(), file.size() - at)));
      file.read(at, now);
      digest.add(now.data(), now.size());
    }
    return digest.text();
  } catch (const Error&) {
    return {};
  }
}

}  // namespace assay::run_folder
