#include "runner/command_line/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "runner/base/standard_descriptors.h"

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

// Returns the error number of the write that failed, or 0.
int write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

constexpr std::string_view clear_line = "\r\x1b[K";

// Returns the duplicate, or the file itself if the duplicate could not be opened.
int file_of(const base::FileDescriptor& duplicate, int standard) {
  return duplicate.get() >= 0 ? duplicate.get() : standard;
}

}  // namespace

StandardTerminal::StandardTerminal(Lost lost)
    : lost_(std::move(lost)),
      output_(base::duplicate(STDOUT_FILENO)),
      error_output_(base::duplicate(STDERR_FILENO)),
      interactive_(is_terminal(STDOUT_FILENO)),
      colours_(interactive_ && colours_wanted()) {}

StandardTerminal::~StandardTerminal() { status({}); }

int StandardTerminal::columns() const {
  winsize size{};
  if (ioctl(file_of(output_, STDOUT_FILENO), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return 80;
}

// Writes the text; call it with the lock held. Returns the error if standard output has just become
// unusable.
int StandardTerminal::write(std::string_view text) {
  if (error_ == 0) return error_ = write_all(file_of(output_, STDOUT_FILENO), text);
  return 0;
}

// Calls the callback; call it without the lock, because the callback may print.
void StandardTerminal::tell(int error) const {
  if (error != 0 && lost_)
    lost_(fmt::format("standard output: cannot be written: {}", std::strerror(error)));
}

void StandardTerminal::print(std::string_view line) {
  int error = 0;
  {
    const std::lock_guard lock(mutex_);
    std::string text;
    if (!status_.empty()) text += clear_line;
    text += line;
    text += '\n';
    text += status_;
    error = write(text);
  }
  tell(error);
}

void StandardTerminal::status(std::string_view line) {
  int error = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!interactive_ || (line.empty() && status_.empty())) return;
    status_ = line;
    error = write(std::string(clear_line) + status_);
  }
  tell(error);
}

void StandardTerminal::error(std::string_view line) {
  int error = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!status_.empty()) error = write(clear_line);
    write_all(file_of(error_output_, STDERR_FILENO), std::string(line) + '\n');
    if (!status_.empty()) error = std::max(error, write(status_));
  }
  tell(error);
}

bool error_colours() { return is_terminal(STDERR_FILENO) && colours_wanted(); }

}  // namespace assay::command_line
