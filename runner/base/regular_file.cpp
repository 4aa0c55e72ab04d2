#include "runner/base/regular_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "assay/error.h"
#include "assay/number_text.h"

namespace assay::base {
namespace {

[[noreturn]] void fail(const std::string& path, int error) {
  throw Error(fmt::format("{}: cannot be read: {}", path, std::strerror(error)));
}

FileKind kind_of(const struct stat& status) {
  if (S_ISREG(status.st_mode)) return FileKind::regular;
  if (S_ISDIR(status.st_mode)) return FileKind::folder;
  if (S_ISFIFO(status.st_mode)) return FileKind::pipe;
  return S_ISSOCK(status.st_mode) ? FileKind::socket : FileKind::device;
}

std::string_view with_article(FileKind kind) {
  switch (kind) {
    case FileKind::regular: return "a file";
    case FileKind::folder: return "a folder";
    case FileKind::pipe: return "a pipe";
    case FileKind::socket: return "a socket";
    case FileKind::device: return "a device";
  }
  return {};
}

OpenedFile open_in(int folder, const std::string& path) {
  OpenedFile opened;
  struct stat status {};
  const auto look = [&](int result) {
    if (result != 0) opened.error = errno;
    else opened.kind = kind_of(status);
    return opened.error == 0 && opened.kind == FileKind::regular;
  };
  if (!look(::fstatat(folder, path.c_str(), &status, 0))) return opened;
  // Another file may have taken its place: O_NONBLOCK avoids waiting for a pipe.
  FileDescriptor file(::openat(folder, path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) opened.error = errno;
  else if (look(::fstat(file.get(), &status))) opened.descriptor = std::move(file);
  opened.size = static_cast<std::uint64_t>(status.st_size);
  return opened;
}

}  // namespace

OpenedFile open_regular_file(const std::string& path) { return open_in(AT_FDCWD, path); }

RegularFile::RegularFile(const std::filesystem::path& path) : path_(path.string()) {
  take(open_in(AT_FDCWD, path_));
}

RegularFile::RegularFile(const Folder& folder, std::string_view name)
    : path_(folder.path_of(name)) {
  take(open_in(folder.descriptor(), std::string(name)));
}

void RegularFile::take(OpenedFile opened) {
  if (opened.error != 0) fail(path_, opened.error);
  if (opened.kind != FileKind::regular)
    throw Error(fmt::format("{}: cannot be read: expected a file, found {}", path_,
                            with_article(opened.kind)));
  file_ = std::move(opened.descriptor);
  size_ = opened.size;
}

std::string RegularFile::text(std::uint64_t most) const {
  if (size_ > most)
    throw Error(fmt::format("{}: cannot be read: it has {} bytes; expected at most {}", path_,
                            grouped(size_), grouped(most)));
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
      throw Error(fmt::format("{}: cannot be read: it ends {} too early", path_,
                              counted(out.size(), "byte")));
    out = out.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
}

}  // namespace assay::base
