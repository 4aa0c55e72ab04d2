// Finds the runs to list: those of a batch, or all run folders below any folder.
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "runner/batch/batch.h"
#include "runner/batch/run_status.h"

namespace assay::batch {

struct RunList {
  /// A folder that is not a batch has a run for each run folder, named by its path below the
  /// folder. The keys are those of the plans that every run has and that differ between them.
  Batch batch;
  std::vector<Status> statuses;  ///< in the order of the runs
  bool is_batch = true;
  std::size_t damaged = 0;  ///< run folders left out because their run.json could not be read
};

/// Looks at the runs in a folder. Throws assay::Error if it is no folder, or has no runs.
RunList list_runs(const std::filesystem::path& folder);

}  // namespace assay::batch
