#include "idx_file.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
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

// zlib passes on what is not compressed.
class Stream {
 public:
  explicit Stream(const std::string& path) : path_(path), file_(gzopen(path.c_str(), "rb")) {
    if (file_ == nullptr) fail(std::strerror(errno));
  }

  [[noreturn]] void fail(const std::string& message) const {
    throw assay::Error(path_ + ": " + message);
  }

  /// As many of the bytes as there are.
  std::size_t read(std::byte* to, std::size_t size) {
    const int count = gzread(file_.get(), to, static_cast<unsigned>(size));
    if (count < 0) fail_by_zlib();
    return static_cast<std::size_t>(count);
  }

  /// Fails when the file broke off within compressed data.
  void check() {
    int code = Z_OK;
    gzerror(file_.get(), &code);
    if (code != Z_OK && code != Z_STREAM_END) fail_by_zlib();
  }

 private:
  [[noreturn]] void fail_by_zlib() {
    int code = Z_OK;
    std::string message = gzerror(file_.get(), &code);
    if (message.starts_with(path_ + ": ")) message.erase(0, path_.size() + 2);
    if (code == Z_ERRNO) fail(std::strerror(errno));
    if (code == Z_BUF_ERROR) fail("the file is cut off within its compressed data");
    fail("its compressed data is damaged (" + message + ")");
  }

  struct Close {
    void operator()(gzFile file) const { gzclose_r(file); }
  };
  std::string path_;
  std::unique_ptr<gzFile_s, Close> file_;
};

void read_header(Stream& stream, File& file) {
  std::array<std::byte, 4> magic{};
  const std::size_t count = stream.read(magic.data(), magic.size());
  stream.check();
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
    if (stream.read(bytes.data(), bytes.size()) < bytes.size()) {
      stream.check();
      stream.fail("the file ends within its header");
    }
    file.dimensions.push_back(big_endian(bytes.data()));
    if (file.dimensions.back() == 0) stream.fail("one of its dimensions is 0");
  }
}

// The header may promise anything, so memory grows only with what is there.
void read_data(Stream& stream, File& file, std::uint64_t most_bytes) {
  std::uint64_t size = size_of(file.type);
  for (const std::int64_t dimension : file.dimensions)
    if (__builtin_mul_overflow(size, static_cast<std::uint64_t>(dimension), &size) ||
        size > most_bytes)
      stream.fail("its data needs more than the " + std::to_string(most_bytes) +
                  " bytes that `memory` allows");
  constexpr std::size_t step = 1 << 24;
  std::size_t there = 0;
  while (there < size) {
    const std::size_t wanted = std::min(step, size - there);
    file.data.resize(there + wanted);
    const std::size_t count = stream.read(file.data.data() + there, wanted);
    there += count;
    if (count == wanted) continue;
    stream.check();
    stream.fail("the file is cut off: its header announces " + std::to_string(size) +
                " bytes of data, " + std::to_string(there) + " are there");
  }
  std::byte more{};
  if (stream.read(&more, 1) != 0)
    stream.fail("something follows the " + std::to_string(size) +
                " bytes of data that its header announces");
  stream.check();
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
