#include "npy_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>

#include "assay/error.h"
#include "assay/number_text.h"
#include "npy_header.h"

namespace assay::npy {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are used as they are");

constexpr std::string_view magic = "\x93NUMPY";

/// Closes the result of open(); a mapping outlives it.
struct Descriptor {
  explicit Descriptor(int opened) : number(opened) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  int number;
};

[[noreturn]] void fail_by_errno(const std::string& path) {
  throw Error("cannot read " + path + ": " + std::strerror(errno));
}

// Returns the number in "<f4"; 0 if there is none.
std::size_t size_in(std::string_view type) {
  std::size_t size = 0;
  if (type.size() > 2) std::from_chars(type.data() + 2, type.data() + type.size(), size);
  return size;
}

}  // namespace

File::File(const std::filesystem::path& path) : path_(path.string()) {
  map();
  try {
    read_header();
  } catch (const Error& error) {
    ::munmap(const_cast<std::byte*>(mapped_.data()), mapped_.size());
    throw Error(path_ + ": " + error.what());
  }
}

File::~File() { ::munmap(const_cast<std::byte*>(mapped_.data()), mapped_.size()); }

void File::map() {
  // O_NONBLOCK: refuse a pipe instead of waiting for it.
  const Descriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status = {};
  if (file.number < 0 || ::fstat(file.number, &status) != 0) fail_by_errno(path_);
  if (!S_ISREG(status.st_mode)) throw Error("cannot read " + path_ + ": it is not a file");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) throw Error(path_ + ": the file is empty; expected a file of numpy.save");
  void* memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number, 0);
  if (memory == MAP_FAILED) fail_by_errno(path_);
  mapped_ = {static_cast<const std::byte*>(memory), size};
}

void File::read_header() {
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(mapped_.data())),
                              mapped_.size());
  if (!text.starts_with(magic))
    throw Error("it does not begin like a .npy file; expected a file of numpy.save");
  const auto byte = [&](std::size_t i) -> std::size_t {
    if (i >= text.size()) throw Error("the file ends within its header");
    return static_cast<unsigned char>(text[i]);
  };
  const std::size_t version = byte(6);
  if (version < 1 || version > 3)
    throw Error("its version is " + std::to_string(version) + "." + std::to_string(byte(7)) +
                "; expected 1.0, 2.0 or 3.0");
  const std::size_t begin = version == 1 ? 10 : 12;
  std::size_t length = 0;
  for (std::size_t i = begin; i-- > 8;) length = length << 8 | byte(i);
  if (length > text.size() - begin) throw Error("the file ends within its header");

  const Header header = parse_header(text.substr(begin, length));
  if (header.fortran_order && header.shape.size() > 1)
    throw Error(
        "its array is in Fortran order; expected C order: "
        "numpy.save(file, numpy.ascontiguousarray(array))");
  type_ = header.type;
  dimensions_ = header.shape;
  std::size_t bytes = size_in(type_);
  for (const std::int64_t dimension : dimensions_)
    if (__builtin_mul_overflow(bytes, static_cast<std::size_t>(dimension), &bytes))
      throw Error("its shape has more elements than a computer can count");
  const std::size_t there = text.size() - begin - length;
  if (bytes > there)
    throw Error("the file is cut off: its header announces " + grouped(bytes) + " bytes of data, " +
                grouped(there) + " are there");
  data_ = mapped_.subspan(begin + length, bytes);
}

}  // namespace assay::npy
