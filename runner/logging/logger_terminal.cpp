#include "runner/logging/logger_terminal.h"

#include <algorithm>
#include <string>

#include "runner/base/utf8.h"

namespace assay::logging {
namespace {

constexpr char escape = '\x1b';
constexpr std::string_view plain = "\x1b[0m";

// Returns the length of the colour sequence (ECMA-48, SGR) at the start of the text, or 0.
std::size_t colour(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const std::size_t end = text.find_first_not_of("0123456789;", 2);
  return end != text.npos && text[end] == 'm' ? end + 1 : 0;
}

std::string harmless(std::string_view line, bool colours, bool breaks) {
  std::string result;
  bool coloured = false;
  while (!line.empty()) {
    const std::size_t code = colours ? colour(line) : 0;
    const std::size_t end = code > 0 ? code : std::min(line.find(escape, 1), line.size());
    const std::string_view piece = line.substr(0, end);
    if (code > 0) {
      coloured = piece != plain && piece != "\x1b[m";
      result += piece;
    } else {
      std::string text = base::harmless(piece);
      std::ranges::replace(text, '\r', ' ');
      if (!breaks) std::ranges::replace(text, '\n', ' ');
      result += text;
    }
    line.remove_prefix(end);
  }
  if (coloured) result += plain;
  return result;
}

}  // namespace

void LoggerTerminal::print(std::string_view line) {
  terminal_.print(harmless(logger_.masked(line), colours(), true));
}
void LoggerTerminal::status(std::string_view line) {
  terminal_.status(harmless(logger_.masked(line), colours(), false));
}

}  // namespace assay::logging
