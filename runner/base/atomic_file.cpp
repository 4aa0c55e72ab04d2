#include "runner/base/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdint>
#include <utility>

namespace assay::base {
namespace {

// Returns an unpredictable number. If the system provides none, O_EXCL alone must protect the file.
std::uint64_t random_number() {
  std::uint64_t number = 0;
  if (::getrandom(&number, sizeof number, GRND_NONBLOCK) != sizeof number)
    number =
        static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  return number;
}

std::string temporary_name(std::string_view name) {
  const std::string ending = fmt::format(".{:016x}.part", random_number());
  // If the name has the maximum length, it leaves no room for the ending.
  return name.size() + ending.size() <= NAME_MAX ? std::string(name) + ending : ending;
}

}  // namespace

bool is_temporary(std::string_view name) {
  constexpr std::string_view ending = ".part";
  constexpr std::size_t digits = 16;
  if (!name.ends_with(ending) || name.size() < 1 + digits + ending.size()) return false;
  name.remove_suffix(ending.size());
  const std::string_view number = name.substr(name.size() - digits);
  return name[name.size() - digits - 1] == '.' &&
         number.find_first_not_of("0123456789abcdef") == number.npos;
}

AtomicFile::AtomicFile(const Folder& folder, std::string_view name) : folder_(folder), name_(name) {
  constexpr int attempts = 16;
  int error = EEXIST;
  for (int i = 0; i < attempts && error == EEXIST; ++i) {
    std::string temporary = temporary_name(name);
    file_ = FileDescriptor(::openat(folder.descriptor(), temporary.c_str(),
                                    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    error = file_.get() < 0 ? errno : 0;
    if (error == 0) temporary_ = std::move(temporary);
  }
  if (error != 0) folder.fail(name, "cannot be created", error);
}

AtomicFile::~AtomicFile() {
  if (!temporary_.empty()) ::unlinkat(folder_.descriptor(), temporary_.c_str(), 0);
}

bool AtomicFile::reserve(std::size_t bytes) noexcept {
  if (bytes <= room_) return true;
  // FALLOC_FL_KEEP_SIZE: the size of the file stays that of its content.
  if (::fallocate(file_.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes)) != 0)
    return false;
  room_ = bytes;
  return true;
}

void AtomicFile::write(std::span<const std::byte> bytes) {
  if (const int error = file_.write(bytes)) folder_.fail(name_, "cannot be written", error);
}

void AtomicFile::commit(Sync sync) {
  if (sync != Sync::later && ::fsync(file_.get()) != 0)
    folder_.fail(name_, "cannot be brought to the disk", errno);
  if (const int error = file_.close()) folder_.fail(name_, "cannot be written", error);
  if (::renameat(folder_.descriptor(), temporary_.c_str(), folder_.descriptor(), name_.c_str()) !=
      0)
    folder_.fail(name_, "cannot be put in place", errno);
  temporary_.clear();
  if (sync == Sync::now) folder_.sync();
}

void bring_to_disk(const Folder& folder, std::string_view name) {
  const FileDescriptor file(::openat(folder.descriptor(), std::string(name).c_str(),
                                     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file.get() < 0 && errno == ENOENT) return;
  if (file.get() < 0 || ::fsync(file.get()) != 0)
    folder.fail(name, "cannot be brought to the disk", errno);
}

void write_atomically(const Folder& folder, std::string_view name, std::span<const std::byte> bytes,
                      Sync sync) {
  AtomicFile file(folder, name);
  file.write(bytes);
  file.commit(sync);
}

void write_atomically(const Folder& folder, std::string_view name, std::string_view text,
                      Sync sync) {
  write_atomically(folder, name, std::as_bytes(std::span(text)), sync);
}

void write_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes,
                      Sync sync) {
  const std::filesystem::path whole = std::filesystem::absolute(path);
  write_atomically(Folder(whole.parent_path()), whole.filename().string(), bytes, sync);
}

void write_atomically(const std::filesystem::path& path, std::string_view text, Sync sync) {
  write_atomically(path, std::as_bytes(std::span(text)), sync);
}

}  // namespace assay::base
