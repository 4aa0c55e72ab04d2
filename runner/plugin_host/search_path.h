// Where this program finds what belongs to it, from its own place: in a build (build/runner/assay)
// and installed (PREFIX/bin/assay).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace assay::plugin_host {

struct Places {
  std::filesystem::path plugins;                         ///< the built-in plugins
  std::filesystem::path data;                            ///< what "assay:NAME" is relative to
  std::vector<std::filesystem::path> private_libraries;  ///< for libassay-picture.so
};

/// From /proc/self/exe.
Places places();

/// --plugin-path first, then ASSAY_PLUGIN_PATH (colon-separated), then the built-in plugins.
std::vector<std::filesystem::path> plugin_folders(
    const std::vector<std::string>& from_command_line);

}  // namespace assay::plugin_host
