#include "runner/config/similar_file.h"

#include <algorithm>
#include <system_error>
#include <vector>

#include "runner/config/suggest.h"

namespace assay::config {

namespace fs = std::filesystem;

std::string similar_file(const fs::path& missing,
                         const std::function<bool(const fs::path&)>& fits) {
  constexpr int most = 1000;
  std::vector<std::string> names;
  std::error_code error;
  const fs::path folder = missing.has_parent_path() ? missing.parent_path() : ".";
  int count = 0;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end && count < most;
       entry.increment(error), ++count)
    if (!fits || fits(entry->path())) names.push_back(entry->path().filename().string());
  std::sort(names.begin(), names.end());
  return suggest(missing.filename().string(), names);
}

}  // namespace assay::config
