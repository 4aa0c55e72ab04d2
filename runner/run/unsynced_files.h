// The files of a run that are in place but may not be on the disk yet. They are brought there
// together, before the checkpoint that needs them, so that no step waits for the disk.
#pragma once

#include <mutex>
#include <set>
#include <string>

#include "runner/base/folder.h"

namespace assay::run {

/// May be used by several threads.
class UnsyncedFiles {
 public:
  /// Borrows the folder of the run.
  explicit UnsyncedFiles(const base::Folder& run_folder) : run_folder_(run_folder) {}

  /// Notes a file that was written, by its path in the run folder: "images/sheet.png".
  void add(std::string path);
  /// Brings all of them to the disk, with their names. A file that was removed is left out. Throws
  /// assay::Error; the next call tries those again that failed.
  void bring_to_disk();

 private:
  const base::Folder& run_folder_;
  std::mutex mutex_;
  std::set<std::string> paths_;
};

}  // namespace assay::run
