#include "runner/base/core_wait.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace assay::base {

CoreWait::CoreWait() : schedstat_(::open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC)) {}

// Reads the waiting time. The file has three numbers: nanoseconds on a core, nanoseconds of
// waiting, times on a core.
std::optional<double> CoreWait::seconds() const {
  std::array<char, 96> buffer;
  const ssize_t size = ::pread(schedstat_.get(), buffer.data(), buffer.size(), 0);
  if (size <= 0) return std::nullopt;
  const std::string_view text(buffer.data(), static_cast<std::size_t>(size));
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  std::uint64_t nanoseconds = 0;
  const auto read =
      std::from_chars(text.data() + blank + 1, text.data() + text.size(), nanoseconds);
  if (read.ec != std::errc()) return std::nullopt;
  return static_cast<double>(nanoseconds) * 1e-9;
}

}  // namespace assay::base
