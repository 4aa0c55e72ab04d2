// Preloaded into the program by tests: makes system calls on files in a folder fail.
//
//   FAIL_FOLDER  the folder; calls on what lies below it, or on itself, are counted
//   FAIL_CALL    write, fsync, close, rename, open, mkdir, truncate, allocate or lock
//   FAIL_AT      the number of the call of this kind that fails, from 1
//   FAIL_EVER    if set, all calls of this kind from there on fail
//   FAIL_ERROR   its errno; 0: a write writes only half of the bytes, and does not fail
//   FAIL_TOLD    this file is made when it has failed; it holds the path
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

std::atomic<int> calls = 0;

std::string_view setting(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

std::string path_of(int descriptor) {
  char path[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t size = readlink(link.c_str(), path, sizeof path);
  return size < 0 ? std::string() : std::string(path, static_cast<std::size_t>(size));
}

std::string path_of(int folder, const char* name) {
  if (name[0] == '/') return name;
  if (folder == AT_FDCWD) return {};
  return path_of(folder) + "/" + name;
}

// Sets errno and returns true if it is this call's turn to fail.
bool fails(std::string_view call, const std::string& path) {
  const std::string_view folder = setting("FAIL_FOLDER");
  if (call != setting("FAIL_CALL") || !path.starts_with(folder)) return false;
  if (path.size() > folder.size() && path[folder.size()] != '/') return false;
  const int call_number = ++calls, first = std::atoi(setting("FAIL_AT").data());
  const bool for_ever = !setting("FAIL_EVER").empty();
  if (call_number < first || (call_number > first && !for_ever)) return false;
  using Open = int (*)(const char*, int, ...);
  const int told = next<Open>("open")(setting("FAIL_TOLD").data(), O_WRONLY | O_CREAT, 0666);
  using Write = ssize_t (*)(int, const void*, size_t);
  static_cast<void>(next<Write>("write")(told, path.data(), path.size()));
  next<int (*)(int)>("close")(told);
  errno = std::atoi(setting("FAIL_ERROR").data());
  return true;
}

// Loses the bytes that were written: they are not in the file after all.
int lose(int file) {
  const int error = errno;
  static_cast<void>(next<int (*)(int, off64_t)>("ftruncate64")(file, 0));
  errno = error;
  return -1;
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(arguments, unsigned)) : mode_t{0};
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t count) {
  if (fails("write", path_of(file))) {
    if (errno != 0) return -1;
    count = count / 2 + count % 2;
  }
  return next<ssize_t (*)(int, const void*, size_t)>("write")(file, bytes, count);
}

int fsync(int file) {
  if (fails("fsync", path_of(file))) return lose(file);
  return next<int (*)(int)>("fsync")(file);
}

// Closes the descriptor even if the call fails, as the real function does.
int close(int file) {
  if (!fails("close", path_of(file))) return next<int (*)(int)>("close")(file);
  const int result = lose(file);
  const int error = errno;
  next<int (*)(int)>("close")(file);
  errno = error;
  return result;
}

int renameat(int from, const char* name, int to, const char* other) noexcept {
  if (fails("rename", path_of(to, other))) return -1;
  return next<int (*)(int, const char*, int, const char*)>("renameat")(from, name, to, other);
}

int mkdirat(int folder, const char* name, mode_t mode) noexcept {
  if (fails("mkdir", path_of(folder, name))) return -1;
  return next<int (*)(int, const char*, mode_t)>("mkdirat")(folder, name, mode);
}

int mkdir(const char* name, mode_t mode) noexcept {
  if (fails("mkdir", path_of(AT_FDCWD, name))) return -1;
  return next<int (*)(const char*, mode_t)>("mkdir")(name, mode);
}

int flock(int file, int operation) noexcept {
  if (fails("lock", path_of(file))) return -1;
  return next<int (*)(int, int)>("flock")(file, operation);
}

int ftruncate64(int file, off64_t size) noexcept {
  if (fails("truncate", path_of(file))) return -1;
  return next<int (*)(int, off64_t)>("ftruncate64")(file, size);
}

int fallocate64(int file, int mode, off64_t from, off64_t size) {
  if (fails("allocate", path_of(file))) return -1;
  return next<int (*)(int, int, off64_t, off64_t)>("fallocate64")(file, mode, from, size);
}

int open64(const char* name, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  if (fails("open", path_of(AT_FDCWD, name))) return -1;
  return next<int (*)(const char*, int, ...)>("open64")(name, flags, mode);
}

int openat64(int folder, const char* name, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  if (fails("open", path_of(folder, name))) return -1;
  return next<int (*)(int, const char*, int, ...)>("openat64")(folder, name, flags, mode);
}

}  // extern "C"
