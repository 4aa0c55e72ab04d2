#include "runner/command_line/words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "runner/config/utf8.h"

namespace assay::command_line {
namespace {

// Zero-width characters, line and paragraph separators, and marks of direction.
bool unseen(char32_t code) {
  return (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x2069);
}

std::string escaped(char32_t code) {
  switch (code) {
    case '\n': return "\\n";
    case '\r': return "\\r";
    case '\t': return "\\t";
    default: break;
  }
  const auto number = static_cast<std::uint32_t>(code);
  return code < 0x100 ? fmt::format("\\x{:02x}", number) : fmt::format("\\u{:04x}", number);
}

}  // namespace

std::string one_line(std::string_view text) {
  constexpr std::size_t longest = 1000;  // characters
  constexpr std::string_view blanks = " \t\r\n";
  text = text.substr(0, text.find_last_not_of(blanks) + 1);  // npos + 1 is 0
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  std::string result;
  std::size_t shown = 0;
  for (std::size_t at = 0; at < text.size(); ++shown) {
    if (shown == longest) return result + "...";
    const auto character = config::character_at(text, at);
    const char32_t code = character ? character->code : static_cast<unsigned char>(text[at]);
    const std::size_t bytes = character ? character->bytes : 1;
    const bool shows =
        character && code >= 0x20 && code != 0x85 && config::printable(code) && !unseen(code);
    result += shows ? std::string(text.substr(at, bytes)) : escaped(code);
    at += bytes;
  }
  return result;
}

std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  for (std::size_t place = text.size(); place > first + 3;) text.insert(place -= 3, ",");
  return text;
}

std::string counted(std::int64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

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

std::string shown_path(const std::filesystem::path& path) {
  std::error_code error;
  const std::string relative = std::filesystem::relative(path, error).string();
  if (error || relative.empty() || relative.starts_with("..") ||
      relative.size() >= path.string().size())
    return path.string();
  return relative;
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

}  // namespace assay::command_line
