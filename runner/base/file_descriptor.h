// A file descriptor that is closed in time.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <span>
#include <utility>

namespace assay::base {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  /// Takes the descriptor over; a negative number is none. Numbers 0 to 2 are free only when
  /// somebody has closed a standard descriptor. Whoever writes to that would write into this file,
  /// so it gets another number.
  explicit FileDescriptor(int number) noexcept;
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }

  /// Writes all of it. Returns 0, or the error number of the write that failed: some of the bytes
  /// may be in the file then.
  [[nodiscard]] int write(std::span<const std::byte> bytes) const noexcept;
  /// Closes it now. Returns 0, or the error number: network file systems and quotas report here
  /// what they could not write.
  [[nodiscard]] int close() noexcept;

 private:
  int number_ = -1;
};

}  // namespace assay::base
