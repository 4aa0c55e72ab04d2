#include "runner/base/fitted.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>

#include "runner/base/utf8.h"

namespace assay::base {
namespace {

constexpr std::string_view mark = "...";
constexpr std::size_t widest_label = 40;  // the limit for aligning texts after it
constexpr int widest_value = 16;          // a number with the blanks around it

// Returns how many bytes of the text fit into this many columns.
std::size_t bytes_that_fit(std::string_view text, std::size_t columns) {
  std::size_t used = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto character = character_at(text, at).value_or(Character{'?', 1});
    used += base::width(character.code);
    if (used > columns) return at;
    at += character.bytes;
  }
  return text.size();
}

}  // namespace

Columns output_columns() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0) return std::nullopt;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

std::string cut(std::string_view text, std::size_t columns) {
  if (base::width(text) <= columns) return std::string(text);
  const std::size_t marks = std::min(mark.size(), columns / 2);
  return std::string(text.substr(0, bytes_that_fit(text, columns - marks))) +
         std::string(mark.substr(0, marks));
}

std::string wrapped(std::string_view line, Columns columns, std::size_t indent) {
  if (!columns) return std::string(line);
  const auto width = static_cast<std::size_t>(std::max(*columns, 1));
  indent = std::min(indent, width / 2);
  std::string result;
  std::size_t room = width;
  while (base::width(line) > room) {
    std::size_t end = std::max<std::size_t>(bytes_that_fit(line, room), 1);
    const std::size_t first = line.find_first_not_of(' ');
    const std::size_t blank = line.substr(0, end + 1).rfind(' ');
    if (blank != line.npos && first < blank) end = blank;
    // Keep a character whole, even if it is wider than the available space.
    while (end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) ++end;
    result += std::string(line.substr(0, end)) + '\n' + std::string(indent, ' ');
    line.remove_prefix(end);
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    room = width - indent;
  }
  return result + std::string(line);
}

std::vector<std::string> labelled(const std::vector<std::pair<std::string, std::string>>& pairs,
                                  Columns columns) {
  const int room = columns.value_or(0);
  const std::size_t most =
      columns ? static_cast<std::size_t>(std::max(std::min(room / 2, room - widest_value), 4))
              : widest_label;
  std::size_t width = 0;
  for (const auto& [label, text] : pairs)
    width = std::max(width, std::min(base::width(label), most));
  std::vector<std::string> lines;
  for (const auto& [label, text] : pairs) {
    const auto fits = [&, used = base::width(text) + 4](std::size_t label_columns) {
      return label_columns + used <= static_cast<std::size_t>(std::max(room, 0));
    };
    const bool helps = columns && !fits(base::width(label)) && fits(width);
    const std::string shown = helps ? cut(label, width) : label;
    const std::size_t used = base::width(shown);
    lines.push_back(
        fmt::format("  {}{}  {}", shown, std::string(width > used ? width - used : 0, ' '), text));
  }
  return lines;
}

}  // namespace assay::base
