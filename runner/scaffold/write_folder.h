// A folder with files in it: there as a whole, or not at all.
#pragma once

#include <filesystem>
#include <span>

#include "runner/scaffold/scaffold.h"

namespace assay::scaffold {

/// Makes the folder, whose parent must exist. Throws assay::Error when there is something of this
/// name already, or when it cannot be written; nothing is left behind then.
void write_folder(const std::filesystem::path& folder, std::span<const File> files);

}  // namespace assay::scaffold
