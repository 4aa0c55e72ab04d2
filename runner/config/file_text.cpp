#include "runner/config/file_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "runner/base/file_descriptor.h"

namespace assay::config {
namespace {

FileText::Kind kind_of(const struct stat& status) {
  if (S_ISREG(status.st_mode)) return FileText::Kind::regular;
  return S_ISDIR(status.st_mode) ? FileText::Kind::folder : FileText::Kind::other;
}

}  // namespace

FileText read_start(const std::string& path, std::size_t most) {
  FileText result;
  const auto failed = [&result] {
    result.error = errno;
    return result;
  };
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return failed();
  if (result.kind = kind_of(status); result.kind != FileText::Kind::regular) return result;
  // Another file may be there by now.
  const base::FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0 || fstat(file.get(), &status) != 0) return failed();
  if (result.kind = kind_of(status); result.kind != FileText::Kind::regular) return result;
  // This does not rely on the size that a file reports: it may change, or be made up (/proc).
  std::array<char, 16384> part;
  while (result.text.size() < most) {
    const ssize_t count =
        read(file.get(), part.data(), std::min(part.size(), most - result.text.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed();
    if (count == 0) break;
    result.text.append(part.data(), static_cast<std::size_t>(count));
  }
  return result;
}

}  // namespace assay::config
