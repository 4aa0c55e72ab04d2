// The share of the machine that this process may use: how many cores and how much memory.
//
// The machine may have more of both than a process may use. Containers, cluster schedulers and
// shells set limits. A program that counts the machine's cores or memory instead starts threads
// that wait for each other, or gets killed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace assay::base {

/// The limits of a process. Tests use it to describe other machines.
struct ProcessLimits {
  std::filesystem::path root = "/";           ///< /proc and /sys are read below it
  std::int64_t cores = 1;                     ///< of the CPU affinity
  std::int64_t memory = 0;                    ///< physical memory, in bytes
  std::optional<std::int64_t> address_space;  ///< `ulimit -v`, in bytes
  std::optional<std::int64_t> data_segment;   ///< `ulimit -d`, in bytes
  std::optional<std::int64_t> processes;      ///< `ulimit -u`; it does not apply to root
  std::function<std::optional<std::string>(const char*)> variable;  ///< of the environment

  /// Queries the system. It caches nothing, because a limit may change while the process runs.
  static ProcessLimits of_this_process();
};

struct Share {
  std::int64_t amount = 0;  ///< cores, or bytes of memory
  std::string limit;   ///< what limits it: "the machine", "the control group /job (memory.max)"
  std::string remedy;  ///< how to get more: "raise memory.max of this control group"; may be empty
};

/// Returns the number of cores that the process may keep busy, at least 1: the least of its CPU
/// affinity, the CPU quotas of its control groups (rounded up) and SLURM_CPUS_PER_TASK.
Share cores_given(const ProcessLimits& limits = ProcessLimits::of_this_process());

/// Returns the bytes of memory that the process may hold: the least of physical memory, the limits
/// of its control groups, `ulimit -v`, `ulimit -d` and what Slurm gave to the task.
Share memory_given(const ProcessLimits& limits = ProcessLimits::of_this_process());

/// Returns the bytes of memory that this process holds now and that do not belong to a file.
/// Returns nothing if the system does not report it.
std::optional<std::int64_t> memory_held();

/// Says which limit on processes and threads is reached: "the control group /job (pids.max) allows
/// 100 processes and threads, and there are as many". Returns nothing if no limit is known to be
/// reached.
std::optional<std::string> reached_limit_on_processes(
    const ProcessLimits& limits = ProcessLimits::of_this_process());

}  // namespace assay::base
