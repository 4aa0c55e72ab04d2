// The memory that this process can map, which `ulimit -v` and `ulimit -d` limit.
#pragma once

#include <sys/resource.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace assay::base {

/// Returns this process's limit of a resource; nothing if there is none. It is a system call only.
std::optional<std::uint64_t> soft_limit(decltype(RLIMIT_AS) resource) noexcept;

/// Tries whether this many more bytes can be mapped now.
bool can_map(std::size_t bytes) noexcept;

/// Says why no more can be mapped: "`ulimit -v` allows 60 MB", or that the machine has no more.
std::string limit_on_mapping();

/// The address space, where `ulimit -v` limits it. In bytes.
struct AddressSpace {
  std::uint64_t limit = 0;
  std::uint64_t peak = 0;  ///< the most that was mapped so far

  /// Asks the system, by system calls only: a signal handler may do it. Returns nothing if there is
  /// no limit.
  static std::optional<AddressSpace> of_this_process() noexcept;

  /// Says whether so little was left that memory may have been refused.
  bool has_run_out() const;
};

}  // namespace assay::base
