// Finds the program's own files relative to the executable: in a build (build/runner/assay) and
// installed (PREFIX/bin/assay).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay::plugin_host {

struct ProgramPlaces {
  std::filesystem::path plugins;                         ///< the built-in plugins
  std::filesystem::path data;                            ///< the base of "assay:NAME"
  std::vector<std::filesystem::path> private_libraries;  ///< for libassay-picture.so
};

/// Derives the places from /proc/self/exe.
ProgramPlaces program_places();

/// Returns --plugin-path, then ASSAY_PLUGIN_PATH (colon-separated), then the built-in plugins.
std::vector<std::filesystem::path> plugin_folders(
    const std::vector<std::string>& from_command_line);

}  // namespace assay::plugin_host
