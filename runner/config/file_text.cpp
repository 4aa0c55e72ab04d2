#include "runner/config/file_text.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace assay::config {

FileText read_start(const std::string& path, std::size_t most) {
  const base::OpenedFile file = base::open_regular_file(path);
  FileText result{file.error, file.kind, {}};
  if (result.error != 0 || result.kind != base::FileKind::regular) return result;
  // The size that a file says it has is not asked for: it may change, or be made up (/proc).
  std::array<char, 16384> part;
  while (result.text.size() < most) {
    const ssize_t count = ::read(file.descriptor.get(), part.data(),
                                 std::min(part.size(), most - result.text.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) result.error = errno;
    if (count <= 0) break;
    result.text.append(part.data(), static_cast<std::size_t>(count));
  }
  return result;
}

}  // namespace assay::config
