#include "runner/base/append_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "assay/error.h"
#include "assay/number_text.h"
#include "runner/base/regular_file.h"

namespace assay::base {
namespace {

[[noreturn]] void fail(std::string_view path, std::string_view what, int error) {
  throw Error(fmt::format("{}: {}: {}", path, what, std::strerror(error)));
}

}  // namespace

AppendFile::AppendFile(const Folder& folder, std::string_view name)
    : path_((folder.path() / name).string()),
      file_(::openat(folder.descriptor(), std::string(name).c_str(),
                     O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666)) {
  if (file_.get() < 0) folder.fail(name, "cannot be created", errno);
  digest_ = std::make_unique<Digest>();
}

AppendFile::AppendFile(const Folder& folder, std::string_view name, std::int64_t position)
    : path_((folder.path() / name).string()),
      file_(::openat(folder.descriptor(), std::string(name).c_str(),
                     O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)),
      position_(position) {
  struct stat status {};
  if (file_.get() < 0 || ::fstat(file_.get(), &status) != 0)
    folder.fail(name, "cannot be opened again", errno);
  if (!S_ISREG(status.st_mode))
    throw Error(fmt::format("{}: cannot be opened again: it is not a regular file", path_));
  if (status.st_size < position)
    throw Error(fmt::format("{}: cannot be opened again: it has {} bytes; expected at least {}",
                            path_, grouped(status.st_size), grouped(position)));
  if (::ftruncate(file_.get(), position) != 0 || ::lseek(file_.get(), position, SEEK_SET) < 0)
    folder.fail(name, "cannot be cut back", errno);
  try {
    digest_ = std::make_unique<Digest>();
    if (position > 0)
      digest_->add(RegularFile(folder, name), 0, static_cast<std::uint64_t>(position));
  } catch (const Error&) {
    digest_ = nullptr;  // the file can still grow
  }
}

void AppendFile::append(std::span<const std::byte> bytes) {
  if (const int error = file_.write(bytes)) {
    // Readers expect the file to end with a whole piece.
    if (::ftruncate(file_.get(), position_) != 0 || ::lseek(file_.get(), position_, SEEK_SET) < 0)
      fail(path_, "cannot be written, and could not be cut back to its last whole record", errno);
    fail(path_, "cannot be written", error);
  }
  position_ += static_cast<std::int64_t>(bytes.size());
  if (digest_) digest_->add(bytes);
}

void AppendFile::sync() {
  if (synced_ == position_) return;
  if (::fsync(file_.get()) != 0) fail(path_, "cannot be synced to the disk", errno);
  synced_ = position_;
}

void AppendFile::finish() {
  sync();
  if (const int error = file_.close()) fail(path_, "cannot be written", error);
}

}  // namespace assay::base
