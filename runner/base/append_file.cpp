#include "runner/base/append_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "assay/error.h"

namespace assay::base {
namespace {

[[noreturn]] void fail(std::string_view path, std::string_view what, int error) {
  throw Error(fmt::format("{}: {}: {}", path, what, std::strerror(error)));
}

// Returns the error number of the write that failed, or 0.
int write_all(int file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    if (written == 0) return ENOSPC;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

AppendFile::AppendFile(const std::filesystem::path& path)
    : path_(path), file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)) {
  if (file_.get() < 0) fail(path_, "cannot be created", errno);
}

void AppendFile::append(std::span<const std::byte> bytes) {
  if (const int error = write_all(file_.get(), bytes)) {
    // What a reader finds must end with a whole piece.
    if (::ftruncate(file_.get(), position_) != 0 || ::lseek(file_.get(), position_, SEEK_SET) < 0)
      fail(path_, "cannot be written, and could not be cut back to its last whole record", errno);
    fail(path_, "cannot be written", error);
  }
  position_ += static_cast<std::int64_t>(bytes.size());
}

void write_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes,
                      Sync sync) {
  const std::string temporary = path.string() + ".part";
  {
    const FileDescriptor file(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (file.get() < 0) fail(path.string(), "cannot be created", errno);
    int error = write_all(file.get(), bytes);
    if (error == 0 && sync == Sync::now && ::fsync(file.get()) != 0) error = errno;
    if (error != 0) {
      ::unlink(temporary.c_str());
      fail(path.string(), "cannot be written", error);
    }
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(temporary.c_str());
    fail(path.string(), "cannot be put in place", error);
  }
  const std::filesystem::path parent = std::filesystem::absolute(path).parent_path();
  if (sync == Sync::later) return;
  const FileDescriptor folder(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems have no such thing as a folder's own state (EINVAL).
  if (folder.get() < 0 || (::fsync(folder.get()) != 0 && errno != EINVAL))
    fail(parent.string(), "cannot be brought to the disk", errno);
}

void write_atomically(const std::filesystem::path& path, std::string_view text, Sync sync) {
  write_atomically(path, std::as_bytes(std::span(text)), sync);
}

}  // namespace assay::base
