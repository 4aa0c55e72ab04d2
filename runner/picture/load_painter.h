// Opens the library that creates pictures.
#pragma once

#include <filesystem>
#include <memory>
#include <span>

#include "runner/picture/picture.h"

namespace assay::picture {

/// Loads the library from the first folder that contains it; it then stays loaded. Throws Error,
/// with the folders or the linker's reason, if that fails.
std::unique_ptr<Painter> load_painter(std::span<const std::filesystem::path> folders);

}  // namespace assay::picture
