// Preloaded into the program by tests: cuts the power at a call of fsync. Bytes that were appended
// to files in a folder and not brought to the disk since are lost; names that were given stay,
// which is how a file system may leave them.
//
//   CUT_FOLDER  the folder
//   CUT_AT      the number of the call of fsync on what lies in it, from 1, before which it happens
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>

namespace {

namespace fs = std::filesystem;

// It is never destroyed: the program writes after its static objects are gone.
struct Disk {
  std::mutex mutex;
  std::map<ino_t, off_t> sizes;  ///< of the files that were written to, as the disk has them
  int calls = 0;
};

Disk& disk() {
  static Disk* const disk = new Disk;
  return *disk;
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

std::string folder() {
  const char* value = std::getenv("CUT_FOLDER");
  return value == nullptr ? "/nowhere" : value;
}

bool is_watched(int file) {
  char path[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  const ssize_t size = readlink(link.c_str(), path, sizeof path);
  return size > 0 && std::string_view(path, static_cast<std::size_t>(size)).starts_with(folder());
}

struct stat status_of(int file) {
  struct stat status {};
  fstat(file, &status);
  return status;
}

[[noreturn]] void cut() {
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(folder(), error)) {
    struct stat status {};
    if (!entry.is_regular_file() || stat(entry.path().c_str(), &status) != 0) continue;
    const auto found = disk().sizes.find(status.st_ino);
    if (found != disk().sizes.end() && found->second < status.st_size)
      fs::resize_file(entry.path(), static_cast<std::uintmax_t>(found->second), error);
  }
  _exit(137);
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t count) {
  if (is_watched(file)) {
    const std::lock_guard lock(disk().mutex);
    const struct stat status = status_of(file);
    disk().sizes.emplace(status.st_ino, status.st_size);
  }
  return next<ssize_t (*)(int, const void*, size_t)>("write")(file, bytes, count);
}

int fsync(int file) {
  if (is_watched(file)) {
    const std::lock_guard lock(disk().mutex);
    if (++disk().calls == std::atoi(std::getenv("CUT_AT"))) cut();
    const struct stat status = status_of(file);
    disk().sizes[status.st_ino] = status.st_size;
  }
  return next<int (*)(int)>("fsync")(file);
}

}  // extern "C"
