// Finds an existing file for the misspelt name of a missing one.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace assay::config {

/// Returns the name (without its folder) of the file beside `missing` that was most likely meant;
/// empty if there is none. Only files that satisfy `fits` count. It does not search all of a very
/// large folder.
std::string similar_file(const std::filesystem::path& missing,
                         const std::function<bool(const std::filesystem::path&)>& fits = {});

}  // namespace assay::config
