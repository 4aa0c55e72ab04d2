// A plugin runs with the user's rights, so nobody else may be able to change it.
#pragma once

#include <filesystem>
#include <string>

namespace assay::plugin_host {

/// Returns why this library must not be loaded; empty if it may be. It must not be if others than
/// root, the user and the owner of the program can write to it, to its folder, or to the target or
/// folder of a symbolic link to it. The user's own group is trusted, because with umask 002 it may
/// write to everything.
std::string unsafe_permissions(const std::filesystem::path& library);

}  // namespace assay::plugin_host
