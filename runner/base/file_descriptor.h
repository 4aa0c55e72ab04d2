// A file descriptor that closes itself.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <span>
#include <utility>

namespace assay::base {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  /// Takes ownership of the descriptor; a negative number means none. Numbers 0 to 2 are free only
  /// if something closed a standard descriptor. Code that writes to that descriptor would then
  /// write into this file, so the file gets another number.
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

  /// Writes all bytes. Returns 0, or the error number of the write that failed; the file may then
  /// contain some of the bytes.
  [[nodiscard]] int write(std::span<const std::byte> bytes) const noexcept;
  /// Closes it now. Returns 0, or the error number: network file systems and quotas report here
  /// what they could not write.
  [[nodiscard]] int close() noexcept;

 private:
  int number_ = -1;
};

}  // namespace assay::base
