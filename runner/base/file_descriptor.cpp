#include "runner/base/file_descriptor.h"

#include <fcntl.h>

#include <cerrno>

namespace assay::base {

FileDescriptor::FileDescriptor(int number) noexcept : number_(number) {
  if (number < 0 || number > STDERR_FILENO) return;
  const int higher = ::fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  if (higher < 0) return;
  ::close(number);
  number_ = higher;
}

int FileDescriptor::write(std::span<const std::byte> bytes) const noexcept {
  while (!bytes.empty()) {
    const ssize_t written = ::write(number_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    if (written == 0) return ENOSPC;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

int FileDescriptor::close() noexcept {
  const int number = std::exchange(number_, -1);
  if (number < 0 || ::close(number) == 0) return 0;
  return errno == EINTR ? 0 : errno;  // Linux has closed it in that case too
}

}  // namespace assay::base
