#include "runner/base/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "runner/base/utf8.h"

namespace assay::base {

std::string bytes_text(std::int64_t bytes) {
  if (bytes < 10'000) return fmt::format("{} B", grouped(bytes));
  if (bytes < 1'000'000) return fmt::format("{:.1f} kB", static_cast<double>(bytes) / 1e3);
  if (bytes < 1'000'000'000) return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
  return fmt::format("{:.1f} GB", static_cast<double>(bytes) / 1e9);
}

std::string shape_text(const Shape& shape) {
  if (shape.rank() == 0) return "scalar";
  return fmt::format("{}", fmt::join(shape.dimensions(), "x"));
}

std::string short_path(const std::filesystem::path& path) {
  std::error_code error;
  const std::string relative = std::filesystem::relative(path, error).string();
  if (error || relative.empty() || relative.starts_with("..") ||
      relative.size() >= path.string().size())
    return path.string();
  return relative;
}

std::string shown_path(const std::filesystem::path& path) { return one_line(short_path(path)); }

std::string path_as_given(const std::filesystem::path& path, const std::filesystem::path& given) {
  std::error_code error;
  const std::filesystem::path here = std::filesystem::current_path(error);
  if (error || given.is_absolute()) return path.string();
  return path.lexically_relative(here).string();
}

std::string shell_quoted(const std::string& text) {
  const bool plain = !text.empty() && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("/._-+=:,@%").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace assay::base
