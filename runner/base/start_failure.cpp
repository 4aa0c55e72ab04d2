#include "runner/base/start_failure.h"

#include <fmt/format.h>
#include <pthread.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "runner/base/address_space.h"
#include "runner/base/machine_share.h"

namespace assay::base {
namespace {

// Returns the bytes of the stack that a thread gets.
std::size_t stack_size() {
  pthread_attr_t attributes;
  std::size_t size = 0;
  if (pthread_getattr_default_np(&attributes) != 0) return 0;
  pthread_attr_getstacksize(&attributes, &size);
  pthread_attr_destroy(&attributes);
  return size;
}

std::string reason_of_refusal() {
  if (auto reached = reached_limit_on_processes()) return *std::move(reached);
  if (const std::size_t stack = stack_size(); stack > 0 && !can_map(stack))
    return fmt::format(
        "memory ran out: {}, and less than the {:.0f} MB of a thread's stack are left",
        limit_on_mapping(), static_cast<double>(stack) / 1e6);
  return "the machine's limit on processes and threads is reached (see `ulimit -u`, and pids.max "
         "of a container)";
}

}  // namespace

std::string start_failure(std::string_view what, int error) {
  return fmt::format("{} could not be started: {}", what,
                     error == EAGAIN ? reason_of_refusal() : std::strerror(error));
}

}  // namespace assay::base
