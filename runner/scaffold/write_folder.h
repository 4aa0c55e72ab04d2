// Creates a folder with files completely or not at all.
#pragma once

#include <filesystem>
#include <span>

#include "runner/scaffold/scaffold.h"

namespace assay::scaffold {

/// Creates the folder, whose parent must exist. Throws assay::Error if something of this name
/// exists, or if it cannot be written; it then leaves nothing behind.
void write_folder(const std::filesystem::path& folder, std::span<const File> files);

}  // namespace assay::scaffold
