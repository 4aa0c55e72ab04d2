// Numbers, shapes and paths as people like to read them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "assay/tensor.h"
#include "runner/config/utf8.h"

namespace assay::command_line {

using config::one_line;

/// 17610 -> "17,610"
std::string grouped(std::int64_t number);
/// 1 thread, 2 threads
std::string counted(std::int64_t number, std::string_view noun);
/// "640 B", "70.4 kB", "1.2 GB"
std::string bytes_text(std::int64_t bytes);
/// "8x8", "scalar"
std::string shape_text(const Shape& shape);
/// Relative to the working folder where that is shorter.
std::string short_path(const std::filesystem::path& path);
/// The same for reading: one line, whatever the name holds.
std::string shown_path(const std::filesystem::path& path);
/// For pasting into a shell.
std::string shell_quoted(const std::string& text);

}  // namespace assay::command_line
