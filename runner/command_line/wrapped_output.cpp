#include "runner/command_line/wrapped_output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace assay::command_line {
namespace {

base::Columns columns_of(int file) {
  winsize size{};
  if (isatty(file) == 0) return std::nullopt;
  if (ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace

base::Columns output_columns() { return columns_of(STDOUT_FILENO); }
base::Columns error_columns() { return columns_of(STDERR_FILENO); }

void print_wrapped(std::string_view text, std::size_t indent) {
  std::cout << base::wrapped_words(text, output_columns(), indent) << '\n';
}

std::size_t text_column_of_help(base::Columns columns) {
  constexpr int usual = 30;
  return static_cast<std::size_t>(columns ? std::clamp(*columns / 3, 10, usual) : usual);
}

std::string wrapped_help(std::string_view help, base::Columns columns) {
  std::string result;
  while (!help.empty()) {
    const std::size_t end = std::min(help.find('\n'), help.size());
    const std::string_view line = help.substr(0, end);
    help.remove_prefix(std::min(end + 1, help.size()));
    // "  --name TYPE    text", or the text alone.
    const std::size_t name = std::min(line.find_first_not_of(' '), line.size());
    const std::size_t gap = line.find("  ", name);
    const std::size_t text = gap == line.npos ? name : line.find_first_not_of(' ', gap);
    const bool is_command = line.starts_with("  assay ");
    result += is_command ? std::string(line) : base::wrapped(line, columns, text == 0 ? 2 : text);
    result += '\n';
  }
  return result;
}

}  // namespace assay::command_line
