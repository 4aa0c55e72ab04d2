#include "idx_file.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <limits>
#include <memory>

#include "assay/error.h"

namespace idx {
namespace {

std::string existing(const std::string& path) {
  const std::string other = path.ends_with(".gz") ? path.substr(0, path.size() - 3) : path + ".gz";
  std::error_code error;
  for (const std::string& candidate : {path, other}) {
    const auto status = std::filesystem::status(candidate, error);
    if (std::filesystem::is_regular_file(status)) return candidate;
    if (std::filesystem::exists(status)) throw assay::Error(candidate + ": this is no file");
  }
  throw assay::Error(path + ": there is no such file, nor " + other);
}

std::size_t size_of(Type type) {
  switch (type) {
    case Type::uint8:
    case Type::int8: return 1;
    case Type::int16: return 2;
    case Type::int32:
    case Type::float32: return 4;
    case Type::float64: return 8;
  }
  return 0;
}

std::uint32_t big_endian(const std::byte* bytes) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return value;
}

// A file, plain or gzipped. That may have several members, whose data is joined (RFC 1952).
class Stream {
 public:
  explicit Stream(const std::string& path) : path_(path), file_(std::fopen(path.c_str(), "rb")) {
    if (file_ == nullptr) fail(std::strerror(errno));
    packed_ = more() && zip_.avail_in > 1 && buffer_[0] == 0x1F && buffer_[1] == 0x8B;
    if (packed_ && inflateInit2(&zip_, 16 + MAX_WBITS) != Z_OK)  // 16: gzip, as zlib.h says
      fail("there is not enough memory to unpack it");
  }
  ~Stream() { inflateEnd(&zip_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[noreturn]] void fail(const std::string& message) const {
    throw assay::Error(path_ + ": " + message);
  }

  bool packed() const { return packed_; }
  /// Returns the most bytes that can be in the file: deflate packs at most 1032 bytes into one.
  std::uint64_t most_bytes() const {
    std::error_code error;
    const std::uint64_t size = std::filesystem::file_size(path_, error);
    if (error) fail(error.message());
    return packed_ ? 1032 * size : size;
  }

  /// As many of the bytes as there are.
  std::size_t read(std::byte* to, std::size_t size) {
    zip_.next_out = reinterpret_cast<Bytef*>(to);
    zip_.avail_out = static_cast<uInt>(size);
    while (zip_.avail_out > 0 && more()) packed_ ? unpack() : copy();
    if (zip_.avail_out > 0 && packed_ && !ended_)
      fail("the file is cut off within its compressed data");
    return size - zip_.avail_out;
  }

 private:
  // Reads more of the file if needed. Returns false at its end.
  bool more() {
    if (zip_.avail_in > 0) return true;
    zip_.next_in = buffer_.data();
    zip_.avail_in = static_cast<uInt>(std::fread(buffer_.data(), 1, buffer_.size(), file_.get()));
    if (std::ferror(file_.get()) != 0) fail(std::strerror(errno));
    return zip_.avail_in > 0;
  }

  void copy() {
    const uInt count = std::min(zip_.avail_in, zip_.avail_out);
    std::copy_n(zip_.next_in, count, zip_.next_out);
    zip_.next_in += count, zip_.avail_in -= count;
    zip_.next_out += count, zip_.avail_out -= count;
  }

  void unpack() {
    if (ended_) {
      inflateReset(&zip_);
      first_ = false;
    }
    const int code = inflate(&zip_, Z_NO_FLUSH);
    ended_ = code == Z_STREAM_END;
    if (ended_ || code == Z_OK) return;
    if (!first_ && zip_.total_out == 0)
      fail("something that is not compressed follows its compressed data");
    fail(std::string("its compressed data is damaged (") +
         (zip_.msg == nullptr ? "no more is known" : zip_.msg) + ")");
  }

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::array<Bytef, 1 << 16> buffer_;
  z_stream zip_ = {};
  bool packed_ = false;
  bool first_ = true;   // member
  bool ended_ = false;  // a member, and none was begun after it
};

void read_header(Stream& stream, File& file) {
  std::array<std::byte, 4> magic{};
  const std::size_t count = stream.read(magic.data(), magic.size());
  if (count == 0) stream.fail("the file is empty; expected one in MNIST's format (IDX)");
  const auto type = std::to_integer<std::uint8_t>(magic[2]);
  const auto rank = std::to_integer<std::uint8_t>(magic[3]);
  if (count < magic.size() || magic[0] != std::byte{0} || magic[1] != std::byte{0} ||
      size_of(Type{type}) == 0)
    stream.fail("it does not begin as a file in MNIST's format (IDX) does: 00 00 TYPE DIMENSIONS");
  if (rank == 0 || rank > 8)
    stream.fail("it has " + std::to_string(rank) + " dimensions; expected 1 to 8");
  file.type = Type{type};
  for (int i = 0; i < rank; ++i) {
    std::array<std::byte, 4> bytes{};
    if (stream.read(bytes.data(), bytes.size()) < bytes.size())
      stream.fail("the file ends within its header");
    file.dimensions.push_back(big_endian(bytes.data()));
    if (file.dimensions.back() == 0) stream.fail("one of its dimensions is 0");
  }
}

/// Returns the bytes of data that the header announces; refuses more than was allowed and what
/// cannot be there, before anything is read.
std::uint64_t announced_bytes(const Stream& stream, const File& file, std::uint64_t most_bytes) {
  std::uint64_t size = size_of(file.type);
  for (const std::int64_t dimension : file.dimensions)
    if (__builtin_mul_overflow(size, static_cast<std::uint64_t>(dimension), &size) ||
        size > most_bytes)
      stream.fail("its header announces more than the " + std::to_string(most_bytes) +
                  " bytes of data that `memory` allows");
  const std::uint64_t header = 4 + 4 * file.dimensions.size();
  const std::uint64_t there = stream.most_bytes() - std::min(stream.most_bytes(), header);
  if (size > there)
    stream.fail("the file is cut off: its header announces " + std::to_string(size) +
                " bytes of data, " + (stream.packed() ? "at most " : "") + std::to_string(there) +
                " are there");
  return size;
}

// A compressed file may hold less than its header announces, so memory is touched as data comes.
void read_data(Stream& stream, File& file, std::uint64_t most_bytes) {
  const std::uint64_t size = announced_bytes(stream, file, most_bytes);
  file.data.reserve(size);
  constexpr std::size_t step = 1 << 24;
  std::size_t there = 0;
  while (there < size) {
    const std::size_t wanted = std::min(step, size - there);
    file.data.resize(there + wanted);
    const std::size_t count = stream.read(file.data.data() + there, wanted);
    there += count;
    if (count < wanted)
      stream.fail("the file is cut off: its header announces " + std::to_string(size) +
                  " bytes of data, " + std::to_string(there) + " are there");
  }
  std::byte more{};
  if (stream.read(&more, 1) != 0)
    stream.fail("something follows the " + std::to_string(size) +
                " bytes of data that its header announces");
}

}  // namespace

std::string name_of(Type type) {
  switch (type) {
    case Type::uint8: return "uint8";
    case Type::int8: return "int8";
    case Type::int16: return "int16";
    case Type::int32: return "int32";
    case Type::float32: return "float32";
    case Type::float64: return "float64";
  }
  return "unknown";
}

std::int64_t File::elements() const {
  std::int64_t count = 1;
  for (std::size_t i = 1; i < dimensions.size(); ++i) count *= dimensions[i];
  return count;
}

void File::read(std::size_t first, std::span<float> out) const {
  if (type == Type::uint8) {
    std::transform(&data[first], &data[first] + out.size(), out.begin(),
                   [](std::byte b) { return static_cast<float>(std::to_integer<int>(b)); });
    return;
  }
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = std::bit_cast<float>(big_endian(&data[4 * (first + i)]));
}

std::optional<std::int64_t> File::row_not_finite() const {
  if (type != Type::float32) return std::nullopt;
  std::vector<float> row(static_cast<std::size_t>(elements()));
  for (std::int64_t i = 0; i < rows(); ++i) {
    read(static_cast<std::size_t>(i) * row.size(), row);
    if (!std::ranges::all_of(row, [](float value) { return std::isfinite(value); })) return i;
  }
  return std::nullopt;
}

std::int32_t File::int32_at(std::size_t index) const {
  if (type == Type::uint8) return std::to_integer<std::int32_t>(data[index]);
  return static_cast<std::int32_t>(big_endian(&data[4 * index]));
}

File read(const std::string& path, std::uint64_t most_bytes) {
  File file;
  file.path = existing(path);
  Stream stream(file.path);
  read_header(stream, file);
  read_data(stream, file, most_bytes);
  return file;
}

}  // namespace idx
