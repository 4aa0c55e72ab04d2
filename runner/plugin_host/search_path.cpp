#include "runner/plugin_host/search_path.h"

#include <cstdlib>
#include <sstream>

#include "runner/version.h"

namespace assay::plugin_host {

namespace fs = std::filesystem;

ProgramPlaces program_places() {
  const fs::path folder = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path above = folder.parent_path();
  if (folder.filename() == "bin")
    return {above / ASSAY_LIBDIR / "assay" / "plugins",
            above / "share" / "assay" / "data",
            {above / ASSAY_LIBDIR / "assay"}};
  return {above / "plugins", above / "data", {above / "runner" / "picture"}};
}

std::vector<fs::path> plugin_folders(const std::vector<std::string>& from_command_line) {
  std::vector<fs::path> folders(from_command_line.begin(), from_command_line.end());
  if (const char* variable = std::getenv("ASSAY_PLUGIN_PATH")) {
    std::stringstream list(variable);
    for (std::string folder; std::getline(list, folder, ':');)
      if (!folder.empty()) folders.emplace_back(folder);
  }
  folders.push_back(program_places().plugins);
  for (fs::path& folder : folders) folder = fs::absolute(folder);  // the linker searches bare names
  return folders;
}

}  // namespace assay::plugin_host
