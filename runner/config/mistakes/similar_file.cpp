#include "runner/config/mistakes/similar_file.h"

#include <algorithm>
#include <system_error>
#include <vector>

#include "runner/base/suggest.h"

namespace assay::config {

namespace fs = std::filesystem;

namespace {

bool alike(const std::string& extension, const std::string& missing) {
  const auto is_yaml = [](const std::string& e) { return e == ".yaml" || e == ".yml"; };
  return missing.empty() || (is_yaml(extension) && is_yaml(missing)) ||
         base::edit_distance(extension, missing) <= 1;
}

// Returns true if `name` is only the start of a longer name: many such names share words.
bool is_only_its_start(const std::string& name, const std::string& missing) {
  return missing.starts_with(name) && name.size() + 2 < missing.size();
}

}  // namespace

std::string similar_file(const fs::path& missing,
                         const std::function<bool(const fs::path&)>& fits) {
  constexpr int most = 1000;
  std::vector<std::string> names;
  std::error_code error;
  const fs::path folder = missing.has_parent_path() ? missing.parent_path() : ".";
  int count = 0;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end && count < most;
       entry.increment(error), ++count)
    if (alike(entry->path().extension().string(), missing.extension().string()) &&
        !is_only_its_start(entry->path().stem().string(), missing.stem().string()) &&
        (!fits || fits(entry->path())))
      names.push_back(entry->path().filename().string());
  std::sort(names.begin(), names.end());
  // Compare the stems only. Many files share an extension, so it does not make a name similar.
  std::vector<std::string> stems;
  for (const std::string& name : names) stems.push_back(fs::path(name).stem().string());
  const auto found = std::ranges::find(stems, base::suggest(missing.stem().string(), stems));
  return found == stems.end() ? std::string()
                              : names[static_cast<std::size_t>(found - stems.begin())];
}

}  // namespace assay::config
