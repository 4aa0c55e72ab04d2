#include "runner/base/standard_descriptors.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <initializer_list>

namespace assay::base {
namespace {

constexpr std::array<const char*, 3> names = {"standard input", "standard output",
                                              "standard error"};

// Files get the lowest free number, and code that closes many descriptors starts there as well.
int high_number() {
  constexpr rlim_t wanted = 900;
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<int>(std::min(limit.rlim_cur / 2, wanted));
}

}  // namespace

void open_standard_descriptors() noexcept {
  for (const int wanted : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(wanted, F_GETFD) >= 0) continue;
    // open() takes the lowest free number, which is this one. Without /dev/null any folder will do:
    // writing to it fails, and none of our files gets the number.
    const int access = wanted == STDOUT_FILENO ? O_RDONLY : O_RDWR;
    if (::open("/dev/null", access) < 0) static_cast<void>(::open("/", O_RDONLY | O_DIRECTORY));
  }
}

FileDescriptor duplicate(int descriptor) {
  return FileDescriptor(fcntl(descriptor, F_DUPFD_CLOEXEC, high_number()));
}

KeptDescriptors::KeptDescriptors() {
  for (int number = 0; number < 3; ++number) {
    File& file = files_[static_cast<std::size_t>(number)];
    file.duplicate = duplicate(number);
    fstat(number, &file.identity);
  }
}

std::string KeptDescriptors::change_of(int number) const {
  const File& file = files_[static_cast<std::size_t>(number)];
  if (file.duplicate.get() < 0) return {};
  struct stat now {};
  if (fstat(number, &now) != 0) return "closed";
  const bool same = now.st_dev == file.identity.st_dev && now.st_ino == file.identity.st_ino;
  return same ? "" : "another file";
}

std::string KeptDescriptors::changes() const {
  std::string list;
  for (int number = 0; number < 3; ++number)
    if (const std::string change = change_of(number); !change.empty())
      list += (list.empty() ? "" : ", ") + std::string(names[static_cast<std::size_t>(number)]) +
              " (" + change + ")";
  return list;
}

// Takes the lowest number that is free, which is the wanted one as long as that is closed.
void KeptDescriptors::reopen() const {
  for (int number = 0; number < 3; ++number) {
    const File& file = files_[static_cast<std::size_t>(number)];
    if (file.duplicate.get() < 0 || fcntl(number, F_GETFD) >= 0) continue;
    const int opened = fcntl(file.duplicate.get(), F_DUPFD, number);
    if (opened > number) close(opened);
  }
}

void KeptDescriptors::restore() const {
  for (int number = 0; number < 3; ++number)
    if (!change_of(number).empty())
      dup2(files_[static_cast<std::size_t>(number)].duplicate.get(), number);
}

}  // namespace assay::base
