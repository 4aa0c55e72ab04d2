// A plugin runs with the user's rights, so nobody else may be able to change it.
#pragma once

#include <filesystem>
#include <string>

namespace assay::plugin_host {

/// Why this library must not be loaded: it, its folder, or those that a symbolic link leads to can
/// be written by others than root, the user and the owner of the program. The user's own group is
/// trusted, since with umask 002 it may write to everything. Empty: it may be loaded.
std::string unsafe_permissions(const std::filesystem::path& library);

}  // namespace assay::plugin_host
