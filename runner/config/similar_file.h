// A file that is there, for the name of one that is not.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace assay::config {

/// The name (without its folder) of the file beside `missing` that this is most likely a
/// misspelling of; empty where there is none. Only what `fits` counts. Of a very large folder not
/// all is looked at.
std::string similar_file(const std::filesystem::path& missing,
                         const std::function<bool(const std::filesystem::path&)>& fits = {});

}  // namespace assay::config
