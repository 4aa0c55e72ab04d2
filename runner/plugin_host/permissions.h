// A plugin runs with the user's rights, so nobody else may be able to change it.
#pragma once

#include <filesystem>
#include <string>

namespace assay::plugin_host {

/// Why this library must not be loaded: it, or its folder, can be written by others than root, the
/// user and the owner of the program. Empty: it may.
std::string unsafe_permissions(const std::filesystem::path& library);

}  // namespace assay::plugin_host
