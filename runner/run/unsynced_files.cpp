#include "runner/run/unsynced_files.h"

#include <string_view>
#include <utility>

#include "runner/base/atomic_file.h"

namespace assay::run {
namespace {

// Brings the content of a file to the disk, and the names of the folders on its way.
void bring_content(const base::Folder& folder, std::string_view path) {
  const std::size_t slash = path.find('/');
  if (slash == path.npos) return base::bring_to_disk(folder, path);
  const base::Folder inner = folder.existing_subfolder(path.substr(0, slash));
  bring_content(inner, path.substr(slash + 1));
  inner.sync();
}

}  // namespace

void UnsyncedFiles::add(std::string path) {
  const std::lock_guard lock(mutex_);
  paths_.insert(std::move(path));
}

void UnsyncedFiles::bring_to_disk() {
  std::set<std::string> paths;
  {
    const std::lock_guard lock(mutex_);
    paths.swap(paths_);
  }
  if (paths.empty()) return;
  try {
    for (const std::string& path : paths) bring_content(run_folder_, path);
    run_folder_.sync();
  } catch (...) {
    const std::lock_guard lock(mutex_);
    paths_.merge(paths);
    throw;
  }
}

}  // namespace assay::run
