// Formats numbers, shapes and paths for people.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "assay/tensor.h"
#include "runner/base/utf8.h"

namespace assay::base {

/// Returns "17,610" for 17610.
std::string grouped(std::int64_t number);
/// Returns "1 thread", "2 threads".
std::string counted(std::int64_t number, std::string_view noun);
/// Returns "640 B", "70.4 kB", "1.2 GB".
std::string bytes_text(std::int64_t bytes);
/// Returns "8x8", "scalar".
std::string shape_text(const Shape& shape);
/// Returns the path relative to the working folder if that is shorter.
std::string short_path(const std::filesystem::path& path);
/// Returns the same for display: one line, whatever the name contains.
std::string shown_path(const std::filesystem::path& path);
/// Returns the text quoted for a shell.
std::string shell_quoted(const std::string& text);

}  // namespace assay::base
