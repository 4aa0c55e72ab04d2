#include "runner/base/folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

#include "assay/error.h"

namespace assay::base {
namespace {

namespace fs = std::filesystem;

constexpr int open_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

bool same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

}  // namespace

Folder::Folder(fs::path path) : path_(std::move(path)) {
  if (path_.is_relative()) path_ = fs::absolute(path_);
  descriptor_ = FileDescriptor(::open(path_.c_str(), open_flags));
  if (descriptor_.get() < 0)
    throw Error(fmt::format("{}: cannot be opened: {}", path_.string(), std::strerror(errno)));
}

Folder::Folder(fs::path path, FileDescriptor descriptor)
    : path_(std::move(path)), descriptor_(std::move(descriptor)) {}

Folder Folder::subfolder(std::string_view name) const {
  const std::string text(name);
  if (::mkdirat(descriptor(), text.c_str(), 0777) != 0 && errno != EEXIST)
    fail(name, "cannot be created", errno);
  return existing_subfolder(name);
}

Folder Folder::existing_subfolder(std::string_view name) const {
  const std::string text(name);
  FileDescriptor inner(::openat(descriptor(), text.c_str(), open_flags | O_NOFOLLOW));
  if (inner.get() < 0) fail(name, "cannot be opened as a folder", errno);
  return {path_ / text, std::move(inner)};
}

bool Folder::has(std::string_view name) const {
  struct stat found {};
  if (::fstatat(descriptor(), std::string(name).c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0)
    return true;
  if (errno != ENOENT) fail(name, "cannot be searched for", errno);
  return false;
}

std::optional<fs::path> Folder::current_path() const {
  struct stat own {
  }, named{};
  if (::fstat(descriptor(), &own) != 0) return std::nullopt;
  if (::stat(path_.c_str(), &named) == 0 && same_file(own, named)) return path_;
  std::error_code error;
  const fs::path now = fs::read_symlink(fmt::format("/proc/self/fd/{}", descriptor()), error);
  // The link of a removed folder ends in " (deleted)" and points to nothing.
  if (error || ::stat(now.c_str(), &named) != 0 || !same_file(own, named)) return std::nullopt;
  return now;
}

std::string Folder::path_of(std::string_view name) const {
  return (current_path().value_or(path_) / name).string();
}

void Folder::sync() const {
  // Some file systems do not support fsync of a folder (EINVAL).
  if (::fsync(descriptor()) != 0 && errno != EINVAL)
    fail({}, "cannot be synced to the disk", errno);
}

void Folder::fail(std::string_view name, std::string_view what, int error) const {
  struct stat own {};
  const bool removed = error == ENOENT && ::fstat(descriptor(), &own) == 0 && own.st_nlink == 0;
  throw Error(fmt::format("{}: {}: {}", path_of(name), what,
                          removed ? "its folder was removed meanwhile" : std::strerror(error)));
}

}  // namespace assay::base
