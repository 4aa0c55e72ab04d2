#include "runner/base/line_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace assay::base {

LineReader::LineReader(const char* path) noexcept : file_(::open(path, O_RDONLY | O_CLOEXEC)) {}

LineReader::~LineReader() {
  if (file_ >= 0) ::close(file_);
}

bool LineReader::next(std::string_view& line) noexcept {
  std::size_t size = 0;
  for (char c = 0; get(c);) {
    if (c == '\n') {
      line = {line_.data(), size};
      return true;
    }
    if (size < line_.size()) line_[size++] = c;
  }
  return false;
}

bool LineReader::get(char& c) noexcept {
  if (at_ == end_) {
    ssize_t count = 0;
    do count = ::read(file_, part_.data(), part_.size());
    while (count < 0 && errno == EINTR);
    if (count <= 0) return false;
    at_ = 0;
    end_ = static_cast<std::size_t>(count);
  }
  c = part_[at_++];
  return true;
}

}  // namespace assay::base
