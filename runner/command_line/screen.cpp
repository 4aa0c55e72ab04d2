#include "runner/command_line/screen.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "runner/base/utf8.h"
#include "runner/base/wording.h"
#include "runner/command_line/report.h"

namespace assay::command_line {
namespace {

using namespace std::chrono_literals;

constexpr auto interval = 200ms;

struct Size {
  int columns = 80, rows = 24;
};

Size size_of_terminal() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return {};
  return {size.ws_col, size.ws_row == 0 ? 24 : size.ws_row};
}

// Returns how many rows a line takes.
std::size_t rows_of(std::string_view line, int columns) {
  const std::size_t width = base::width(line), room = static_cast<std::size_t>(columns);
  return std::max<std::size_t>(1, (width + room - 1) / room);
}

void write_all(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // whoever prints the results tells that they cannot be written
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Keeps the handler of Ctrl-C, which writes to the terminal, out of a drawing.
class WithoutInterrupts {
 public:
  WithoutInterrupts() {
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, &before_);
  }
  WithoutInterrupts(const WithoutInterrupts&) = delete;
  WithoutInterrupts& operator=(const WithoutInterrupts&) = delete;
  ~WithoutInterrupts() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace

bool has_screen() {
  const char* const type = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) != 0 && ::isatty(STDERR_FILENO) != 0 && type != nullptr &&
         *type != '\0' && std::string_view(type) != "dumb";
}

Screen::Screen(const Common& common, const batch::Batch& batch,
               std::span<const batch::Status> statuses, const std::atomic<int>& stop,
               std::string_view answer)
    : common_(common),
      watch_(batch, statuses),
      stop_(stop),
      answer_(fmt::format("{}; Ctrl-C again quits at once", answer)),
      knows_of_signal_(stop.load() != 0) {}

Screen::~Screen() { draw({}, {}); }

void Screen::refresh() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + interval;
  const std::vector<std::string> above = new_failures();
  batch::View view = watch_.view();
  view.is_stopping = stop_.load() != 0;
  const Size size = size_of_terminal();
  draw(above, batch::lines_of(view, size.columns, size.rows));
}

void Screen::finish() { draw(new_failures(), {}); }

std::vector<std::string> Screen::new_failures() {
  std::vector<std::string> told;
  for (const auto& [run, status] : watch_.look()) {
    const std::string name = base::one_line(run->name);
    if (status.state == batch::State::failed)
      told.push_back(problem(common_, Severity::error, fmt::format("{}: {}", name, status.reason)));
    else if (!status.reason.empty())
      told.push_back(problem(common_, Severity::warning,
                             fmt::format("{}: finished, but {}", name, status.reason)));
  }
  return told;
}

void Screen::draw(const std::vector<std::string>& above, std::vector<std::string> lines) {
  const WithoutInterrupts without;
  const int columns = size_of_terminal().columns;
  // The rows from the first line that was drawn to the cursor. Lines that were drawn on a wider
  // terminal are wrapped by now.
  std::size_t up = 0;
  for (const std::string& line : drawn_) up += rows_of(line, columns);
  if (up > 0) --up;
  std::string text;
  const bool has_answer = stop_.load() == SIGINT && !std::exchange(knows_of_signal_, true);
  // The handler has written over the last line and gone to the next.
  if (has_answer) up += rows_of(answer_, columns);
  text += '\r';
  if (up > 0) text += fmt::format("\x1b[{}A", up);
  if (has_answer) text += answer_ + "\x1b[K\n";
  for (const std::string& message : above) {
    for (const char c : message) text += c == '\n' ? std::string("\x1b[K\n") : std::string(1, c);
    text += "\x1b[K\n";
  }
  for (std::size_t i = 0; i < lines.size(); ++i)
    text += lines[i] + "\x1b[K" + (i + 1 < lines.size() ? "\n" : "");
  text += "\x1b[J";
  drawn_ = std::move(lines);
  write_all(text);
}

}  // namespace assay::command_line
