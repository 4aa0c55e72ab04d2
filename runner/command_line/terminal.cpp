#include "runner/command_line/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace assay::command_line {
namespace {

bool is_terminal(int file) {
  const char* type = std::getenv("TERM");
  return isatty(file) != 0 && type != nullptr && std::strcmp(type, "dumb") != 0;
}

bool colours_wanted() {
  const char* no = std::getenv("NO_COLOR");
  return no == nullptr || *no == '\0';
}

constexpr std::string_view clear_line = "\r\x1b[K";

}  // namespace

StandardTerminal::StandardTerminal()
    : interactive_(is_terminal(STDOUT_FILENO)), colours_(interactive_ && colours_wanted()) {}

StandardTerminal::~StandardTerminal() { status({}); }

int StandardTerminal::columns() const {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

void StandardTerminal::write(std::string_view text, int file) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nobody listens any more; the run folder has it all
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void StandardTerminal::print(std::string_view line) {
  const std::lock_guard lock(mutex_);
  std::string text;
  if (!status_.empty()) text += clear_line;
  text += line;
  text += '\n';
  text += status_;
  write(text, STDOUT_FILENO);
}

void StandardTerminal::status(std::string_view line) {
  const std::lock_guard lock(mutex_);
  if (!interactive_ || (line.empty() && status_.empty())) return;
  status_ = line;
  write(std::string(clear_line) + status_, STDOUT_FILENO);
}

void StandardTerminal::error(std::string_view line) {
  const std::lock_guard lock(mutex_);
  if (!status_.empty()) write(clear_line, STDOUT_FILENO);
  write(std::string(line) + '\n', STDERR_FILENO);
  if (!status_.empty()) write(status_, STDOUT_FILENO);
}

bool error_colours() { return is_terminal(STDERR_FILENO) && colours_wanted(); }

}  // namespace assay::command_line
