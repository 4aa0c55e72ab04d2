// A file descriptor that is closed in time.
#pragma once

#include <unistd.h>

#include <utility>

namespace assay::base {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  /// Takes it over; a negative number is none.
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }

 private:
  int number_ = -1;
};

}  // namespace assay::base
