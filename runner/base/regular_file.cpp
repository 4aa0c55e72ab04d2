#include "runner/base/regular_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "assay/error.h"

namespace assay::base {
namespace {

[[noreturn]] void fail(const std::string& path, int error) {
  throw Error(fmt::format("{}: cannot be read: {}", path, std::strerror(error)));
}

void check_is_regular(const std::string& path, const struct stat& status) {
  if (S_ISREG(status.st_mode)) return;
  throw Error(fmt::format("{}: cannot be read: expected a file, found {}", path,
                          S_ISDIR(status.st_mode)    ? "a folder"
                          : S_ISFIFO(status.st_mode) ? "a pipe"
                          : S_ISSOCK(status.st_mode) ? "a socket"
                                                     : "a device"));
}

}  // namespace

RegularFile::RegularFile(const std::filesystem::path& path) : path_(path.string()) {
  open(AT_FDCWD, path_);
}

RegularFile::RegularFile(const Folder& folder, std::string_view name)
    : path_(folder.path_of(name)) {
  open(folder.descriptor(), std::string(name));
}

void RegularFile::open(int folder, const std::string& name) {
  struct stat status {};
  // Opening a device may do something, so it is looked at before.
  if (::fstatat(folder, name.c_str(), &status, 0) != 0) fail(path_, errno);
  check_is_regular(path_, status);
  // Another file may lie there by now: O_NONBLOCK keeps a pipe from being waited for.
  file_ =
      FileDescriptor(::openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file_.get() < 0 || ::fstat(file_.get(), &status) != 0) fail(path_, errno);
  check_is_regular(path_, status);
  size_ = static_cast<std::uint64_t>(status.st_size);
}

std::string RegularFile::text(std::uint64_t most) const {
  if (size_ > most)
    throw Error(fmt::format("{}: cannot be read: it has {} bytes; expected at most {}", path_,
                            size_, most));
  std::string text(static_cast<std::size_t>(size_), '\0');
  read(0, std::as_writable_bytes(std::span(text)));
  return text;
}

void RegularFile::read(std::uint64_t offset, std::span<std::byte> out) const {
  while (!out.empty()) {
    const ssize_t count = ::pread(file_.get(), out.data(), out.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path_, errno);
    if (count == 0)
      throw Error(fmt::format("{}: cannot be read: it ends {} bytes too early", path_, out.size()));
    out = out.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
}

}  // namespace assay::base
