// Opens the library that creates pictures: all of the runner that calls Cairo.
#pragma once

#include <filesystem>
#include <memory>
#include <span>

#include "runner/picture/picture.h"

namespace assay::picture {

/// Loads the library from the first folder that contains it; it then stays loaded. Throws Error,
/// with the folders or the linker's reason, if that fails.
std::unique_ptr<Painter> load_painter(std::span<const std::filesystem::path> folders);

/// Returns a function of the library by its C name. Loads the library as load_painter() does.
void* load_function(std::span<const std::filesystem::path> folders, const char* name);

}  // namespace assay::picture
