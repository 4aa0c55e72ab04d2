// Numbers, shapes and paths as people like to read them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "assay/number_text.h"
#include "assay/tensor.h"

namespace assay::base {

/// "640 B", "70.4 kB", "1.2 GB"
std::string bytes_text(std::int64_t bytes);
/// "8x8", "scalar"
std::string shape_text(const Shape& shape);
/// Relative to the working folder where that is shorter.
std::string short_path(const std::filesystem::path& path);
/// The same for reading: one line, whatever the name holds.
std::string shown_path(const std::filesystem::path& path);
/// Returns the path as a config or an argument gave it: absolute, or relative to the working folder
/// where `given` is.
std::string path_as_given(const std::filesystem::path& path, const std::filesystem::path& given);
/// For pasting into a shell.
std::string shell_quoted(const std::string& text);

}  // namespace assay::base
