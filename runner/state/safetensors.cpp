#include "runner/state/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <nlohmann/json.hpp>
#include <vector>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/atomic_file.h"
#include "runner/base/digest.h"
#include "runner/base/utf8.h"

namespace assay::state {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

constexpr std::uint64_t longest_header = std::uint64_t{16} << 20;
constexpr std::string_view checksum_key = "checksum";

[[noreturn]] void damaged(const std::string& path, std::string_view why) {
  throw Error(fmt::format("{}: not a whole safetensors file: {}", path, why));
}

std::vector<NamedTensor> by_width(std::span<const NamedTensor> tensors) {
  std::vector<NamedTensor> sorted(tensors.begin(), tensors.end());
  std::ranges::stable_sort(sorted, std::greater{},
                           [](const NamedTensor& tensor) { return size_of(tensor.type); });
  return sorted;
}

std::string header_of(std::span<const NamedTensor> tensors,
                      const std::map<std::string, std::string>& metadata) {
  nlohmann::json header;
  header["__metadata__"] = metadata;
  std::size_t offset = 0;
  for (const NamedTensor& tensor : tensors) {
    if (header.contains(tensor.name))
      throw Error(fmt::format("two tensors are named '{}'", base::one_line(tensor.name)));
    const std::size_t end = offset + tensor.bytes.size();
    const auto shape = tensor.shape.dimensions();
    header[tensor.name] = {{"dtype", safetensors_name(tensor.type)},
                           {"shape", std::vector<std::int64_t>(shape.begin(), shape.end())},
                           {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const nlohmann::json::exception& error) {
    throw Error(fmt::format("a name or the metadata is no text: {}", base::one_line(error.what())));
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');
  if (text.size() > longest_header)
    throw Error(fmt::format("the header would have {} bytes; expected at most {}",
                            grouped(text.size()), grouped(longest_header)));
  return text;
}

// Replaces the digits of the checksum in a header. Returns false when they are not there. Texts
// cannot be mistaken for the entry, since JSON escapes the quotes in them.
bool replace_checksum(std::string& header, std::string_view before, std::string_view after) {
  const std::string entry = fmt::format("\"{}\":\"", checksum_key);
  const std::size_t at = header.find(entry + std::string(before) + '"');
  if (at == header.npos) return false;
  header.replace(at + entry.size(), before.size(), after);
  return true;
}

}  // namespace

void write_safetensors(const base::Folder& folder, std::string_view name,
                       std::span<const NamedTensor> given,
                       std::map<std::string, std::string> metadata) {
  const std::string zeros(base::Digest::digits, '0');
  metadata[std::string(checksum_key)] = zeros;
  const std::vector<NamedTensor> tensors = by_width(given);
  std::string header;
  try {
    header = header_of(tensors, metadata);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: cannot be written: {}", folder.path_of(name), error.what()));
  }
  const std::uint64_t size = header.size();
  base::Digest checksum;
  checksum.add(std::as_bytes(std::span(&size, 1)));
  checksum.add(std::as_bytes(std::span(header)));
  for (const NamedTensor& tensor : tensors) checksum.add(tensor.bytes);
  replace_checksum(header, zeros, checksum.text());

  base::AtomicFile file(folder, name);
  file.write(std::as_bytes(std::span(&size, 1)));
  file.write(std::as_bytes(std::span(header)));
  for (const NamedTensor& tensor : tensors) file.write(tensor.bytes);
  file.commit();
}

StoredTensors::StoredTensors(base::RegularFile file) : file_(std::move(file)) {
  std::uint64_t size = 0;
  if (file_.size() < sizeof size) damaged(this->path(), "it has less than 8 bytes");
  file_.read(0, std::as_writable_bytes(std::span(&size, 1)));
  const std::uint64_t rest = file_.size() - sizeof size;
  if (size > rest) damaged(this->path(), "its header is cut short");
  if (size > longest_header)
    damaged(this->path(), fmt::format("its header has {} bytes; expected {} at most", grouped(size),
                                      grouped(longest_header)));
  header_text_.resize(size);
  file_.read(sizeof size, std::as_writable_bytes(std::span(header_text_)));
  data_begin_ = sizeof size + size;
  try {
    header_ = read_safetensors_header(header_text_, rest - size);
  } catch (const Error& error) {
    damaged(this->path(), error.what());
  }
}

void StoredTensors::read(const SafetensorsHeader::Tensor& tensor,
                         std::span<std::byte> bytes) const {
  file_.read(data_begin_ + tensor.begin, bytes);
}

bool StoredTensors::verify() const {
  const auto stored = header_.metadata.find(std::string(checksum_key));
  if (stored == header_.metadata.end()) return false;
  std::string header = header_text_;
  if (!replace_checksum(header, stored->second, std::string(base::Digest::digits, '0')))
    damaged(path(), "its checksum was not written by Assay");
  const std::uint64_t size = header.size();
  base::Digest checksum;
  checksum.add(std::as_bytes(std::span(&size, 1)));
  checksum.add(std::as_bytes(std::span(header)));
  checksum.add(file_, data_begin_);
  if (checksum.text() != stored->second)
    damaged(path(), "its bytes are not those that its checksum was taken of");
  return true;
}

std::string digest(std::span<const NamedTensor> tensors) {
  base::Digest digest;
  for (const NamedTensor& tensor : tensors) {
    digest.add(std::as_bytes(std::span(tensor.name.c_str(), tensor.name.size() + 1)));
    digest.add(std::as_bytes(tensor.shape.dimensions()));
    digest.add(tensor.bytes);
  }
  return digest.text();
}

}  // namespace assay::state
