// Runs finished runs again, to see whether they come out as before.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "runner/batch/batch.h"
#include "runner/batch/run_status.h"

namespace assay::batch {

/// The batch of the runs that are done again, in a folder of its own within that of the first. The
/// destructor removes the folder.
class Audit {
 public:
  /// Draws so many of the finished runs at random, or takes all where there are no more, and writes
  /// their plans. Borrows both. Throws assay::Error if that fails.
  Audit(const Batch& batch, std::span<const Status> statuses, std::size_t count);
  Audit(const Audit&) = delete;
  Audit& operator=(const Audit&) = delete;
  ~Audit();

  /// Returns what is to be run, as any batch.
  const Batch& batch() const { return again_; }

  struct Finding {
    std::string name;
    bool agrees = false;
    std::string words;  ///< of one that does not: what is different, and what changed since
  };
  /// Compares the weights. Call it when the runs have ended.
  std::vector<Finding> findings() const;

 private:
  Finding finding(const BatchRun& before, const BatchRun& again) const;

  const Batch& batch_;
  std::vector<const BatchRun*> drawn_;
  std::filesystem::path folder_;
  Batch again_;
};

}  // namespace assay::batch
