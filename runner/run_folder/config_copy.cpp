#include "runner/run_folder/config_copy.h"

#include <fmt/format.h>

#include <system_error>

#include "assay/error.h"
#include "runner/base/atomic_file.h"

namespace assay::run_folder {
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

void copy_config(const fs::path& run_folder, const config::Source& config,
                 std::span<const std::shared_ptr<const config::Source>> files) {
  base::write_atomically(run_folder / "config.yaml", config.text, base::Sync::later);
  if (files.size() < 2) return;
  fs::path home = fs::path(config.path).parent_path();
  for (const auto& file : files) home = common(home, fs::path(file->path).parent_path());
  for (const auto& file : files) {
    const fs::path copy = run_folder / "config" / fs::path(file->path).lexically_relative(home);
    std::error_code error;
    fs::create_directories(copy.parent_path(), error);
    if (error) throw Error(fmt::format("{}: {}", copy.parent_path().string(), error.message()));
    base::write_atomically(copy, file->text, base::Sync::later);
  }
}

}  // namespace assay::run_folder
