#include "runner/base/start_failure.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace assay::base {

std::string start_failure(std::string_view what, int error) {
  const std::string reason =
      error == EAGAIN
          ? "the machine's limit on processes and threads is reached (see `ulimit -u`, and "
            "pids.max of a container)"
          : std::strerror(error);
  return fmt::format("{} could not be started: {}", what, reason);
}

}  // namespace assay::base
