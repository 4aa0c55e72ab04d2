// Opens the library that makes pictures.
#pragma once

#include <filesystem>
#include <memory>
#include <span>

#include "runner/picture/picture.h"

namespace assay::picture {

/// From the first of the folders that has the library, which then stays loaded.
/// Throws Error, with the folders or the linker's reason, where that fails.
std::unique_ptr<Painter> load(std::span<const std::filesystem::path> folders);

}  // namespace assay::picture
