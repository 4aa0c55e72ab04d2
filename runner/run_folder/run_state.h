// How a run stands, as its folder tells whoever looks at it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "runner/run_folder/run_folder.h"

namespace assay::run_folder {

struct RunState {
  std::string state;    ///< as in run.json: running, finished, stopped, failed
  std::string reason;   ///< why it stopped or failed; may be empty
  std::string updated;  ///< when a running run last wrote its record
  std::int64_t steps = 0;
  std::int64_t total_steps = 0;
  /// A run that says "running" while nobody holds the lock was ended from outside: killed, or with
  /// its machine. Unknown where the file system has no locks.
  Lock lock = Lock::unknown;
};

/// Reads run.json and looks at the lock. Throws assay::Error with the path when the file cannot be
/// read, or is no record.
RunState read_run_state(const std::filesystem::path& run_folder);

}  // namespace assay::run_folder
