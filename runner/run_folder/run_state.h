// The state of a run, read from its folder.
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
  /// A run with the state "running" whose lock nobody holds was ended from outside: it was killed,
  /// or its machine stopped. Unknown if the file system has no locks.
  Lock lock = Lock::unknown;
};

/// Reads run.json and checks the lock. Throws assay::Error with the path if the file cannot be read
/// or is not a record.
RunState read_run_state(const std::filesystem::path& run_folder);

}  // namespace assay::run_folder
