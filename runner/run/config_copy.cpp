#include "runner/run/config_copy.h"

#include <filesystem>
#include <utility>

#include "runner/base/atomic_file.h"

namespace assay::run {
namespace {

namespace fs = std::filesystem;

fs::path common(const fs::path& a, const fs::path& b) {
  fs::path result;
  for (auto [x, y] = std::pair(a.begin(), b.begin()); x != a.end() && y != b.end() && *x == *y;
       ++x, ++y)
    result /= *x;
  return result;
}

}  // namespace

void copy_config(const base::Folder& run_folder, const config::Source& config,
                 std::span<const std::shared_ptr<const config::Source>> files) {
  base::write_atomically(run_folder, "config.yaml", config.text, base::Sync::later);
  if (files.size() < 2) return;
  fs::path home = fs::path(config.path).parent_path();
  for (const auto& file : files) home = common(home, fs::path(file->path).parent_path());
  for (const auto& file : files) {
    const fs::path copy = fs::path(file->path).lexically_relative(home);
    base::Folder folder = run_folder.subfolder("config");
    for (const fs::path& part : copy.parent_path()) folder = folder.subfolder(part.string());
    base::write_atomically(folder, copy.filename().string(), file->text, base::Sync::later);
  }
}

}  // namespace assay::run
