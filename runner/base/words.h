// Numbers, shapes and paths as people like to read them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "assay/number_text.h"
#include "assay/tensor.h"

namespace assay::base {

/// Returns "640 B", "70.4 kB" or "1.2 GB".
std::string bytes_text(std::int64_t bytes);
/// Returns "8x8", or "scalar".
std::string shape_text(const Shape& shape);
/// Returns the path relative to the working folder if that is shorter.
std::string short_path(const std::filesystem::path& path);
/// Returns the same on one line, whatever characters the name has.
std::string shown_path(const std::filesystem::path& path);
/// Returns the path as a config or an argument gave it: absolute, or relative to the working folder
/// if `given` is.
std::string path_as_given(const std::filesystem::path& path, const std::filesystem::path& given);
/// Returns the text in a form to paste into a shell.
std::string shell_quoted(const std::string& text);

}  // namespace assay::base
