#include "runner/state/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <vector>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/atomic_file.h"
#include "runner/base/digest.h"
#include "runner/base/json_text.h"
#include "runner/base/utf8.h"

namespace assay::state {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

constexpr std::uint64_t longest_header = std::uint64_t{16} << 20;
constexpr std::string_view checksum_key = "checksum";

float float_of_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(std::uint32_t{bits} << 16);
}

// Converts an IEEE 754 binary16 number, which every float32 can hold.
float float_of_half(std::uint16_t bits) {
  const std::uint32_t sign = std::uint32_t{bits & 0x8000U} << 16;
  const std::uint32_t exponent = (bits >> 10) & 0x1FU, fraction = bits & 0x3FFU;
  if (exponent == 0x1F)  // infinite or NaN
    return std::bit_cast<float>(sign | 0x7F800000U | fraction << 13);
  if (exponent != 0) return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
  const float size = std::ldexp(static_cast<float>(fraction), -24);
  return sign != 0 ? -size : size;
}

[[noreturn]] void damaged(const std::string& path, std::string_view why) {
  throw Error(fmt::format("{}: not a whole safetensors file: {}", path, why));
}

std::vector<NamedTensor> by_width(std::span<const NamedTensor> tensors) {
  std::vector<NamedTensor> sorted(tensors.begin(), tensors.end());
  std::ranges::stable_sort(sorted, std::greater{},
                           [](const NamedTensor& tensor) { return size_of(tensor.type); });
  return sorted;
}

// Throws if JSON cannot hold the text.
void check_is_text(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto character = base::character_at(text, at);
    if (!character)
      throw Error(fmt::format("a name or the metadata is not text: {}", base::one_line(text)));
    at += character->bytes;
  }
}

void write_entry(base::JsonText& json, const NamedTensor& tensor, std::size_t offset) {
  json.begin_object();
  json.key("data_offsets");
  json.begin_array();
  json.value(offset);
  json.value(offset + tensor.bytes.size());
  json.end_array();
  json.field("dtype", safetensors_name(tensor.type));
  json.key("shape");
  json.begin_array();
  for (const std::int64_t dimension : tensor.shape.dimensions()) json.value(dimension);
  json.end_array();
  json.end_object();
}

// Returns the header, with its entries sorted by name.
std::string header_of(std::span<const NamedTensor> tensors,
                      const std::map<std::string, std::string>& metadata) {
  constexpr std::string_view metadata_name = "__metadata__";
  std::map<std::string_view, std::pair<const NamedTensor*, std::size_t>> entries;
  entries[metadata_name] = {};
  std::size_t offset = 0;
  for (const NamedTensor& tensor : tensors) {
    check_is_text(tensor.name);
    if (!entries.emplace(tensor.name, std::pair(&tensor, offset)).second)
      throw Error(fmt::format("two tensors are named '{}'", base::one_line(tensor.name)));
    offset += tensor.bytes.size();
  }
  base::JsonText json(base::JsonText::Layout::compact);
  json.begin_object();
  for (const auto& [name, entry] : entries) {
    json.key(name);
    if (entry.first != nullptr) {
      write_entry(json, *entry.first, entry.second);
      continue;
    }
    json.begin_object();
    for (const auto& [key, value] : metadata) {
      check_is_text(key);
      check_is_text(value);
      json.field(key, value);
    }
    json.end_object();
  }
  json.end_object();
  std::string text = json.text();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  if (text.size() > longest_header)
    throw Error(fmt::format("the header would have {} bytes; expected at most {}",
                            grouped(text.size()), grouped(longest_header)));
  return text;
}

// Replaces the digits of the checksum in a header. Returns false if they are not there. Texts
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
                       std::map<std::string, std::string> metadata, base::Sync sync) {
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
  file.commit(sync);
}

StoredTensors::StoredTensors(base::RegularFile file, OtherTypes other_types)
    : file_(std::move(file)) {
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
    header_ = read_safetensors_header(header_text_, rest - size, other_types);
  } catch (const Error& error) {
    damaged(this->path(), error.what());
  }
}

void StoredTensors::read(const SafetensorsHeader::Tensor& tensor,
                         std::span<std::byte> bytes) const {
  file_.read(data_begin_ + tensor.begin, bytes);
}

void StoredTensors::read_floats(const std::string& name, std::span<float> values) const {
  const auto read_as = [&]<class Stored>(std::uint64_t begin, Stored /*type*/, auto&& convert) {
    constexpr std::size_t most = 1 << 16;  // elements at a time
    std::vector<Stored> piece(std::min(values.size(), most));
    for (std::size_t done = 0; done < values.size(); done += piece.size()) {
      piece.resize(std::min(values.size() - done, most));
      file_.read(data_begin_ + begin + done * sizeof(Stored),
                 std::as_writable_bytes(std::span(piece)));
      std::ranges::transform(piece, values.begin() + static_cast<std::ptrdiff_t>(done), convert);
    }
  };
  if (const auto found = header_.tensors.find(name); found != header_.tensors.end()) {
    const auto& [type, shape, begin, end] = found->second;
    if (type == DType::float32) return read(found->second, std::as_writable_bytes(values));
    if (type == DType::float64)
      return read_as(begin, double{}, [](double x) { return static_cast<float>(x); });
  } else if (const auto other = header_.others.find(name); other != header_.others.end()) {
    const auto& [type, shape, begin, end] = other->second;
    if (type == "F16") return read_as(begin, std::uint16_t{}, float_of_half);
    if (type == "BF16") return read_as(begin, std::uint16_t{}, float_of_bfloat16);
  }
  throw Error(fmt::format("{}: '{}' does not hold numbers of the types F32, F64, F16 or BF16",
                          path(), base::one_line(name)));
}

std::string StoredTensors::content_digest() const {
  base::Digest digest;
  digest.add(file_);
  return digest.text();
}

bool StoredTensors::verify() const {
  if (is_whole_) return true;
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
  if (checksum.text() != stored->second) damaged(path(), "its bytes do not match its checksum");
  return is_whole_ = true;
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
