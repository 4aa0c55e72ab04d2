#include "runner/batch/progress.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace assay::batch {
namespace {

using namespace std::chrono_literals;

constexpr const char* variable = "ASSAY_PROGRESS";
constexpr auto interval = 200ms;
constexpr std::size_t bytes = 128;  // always as many, so that nothing of a longer line remains

template <class Number>
bool take(std::string_view& text, Number& number) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc();
}

}  // namespace

std::string progress_entry(const std::filesystem::path& file) {
  return fmt::format("{}={}", variable, file.string());
}

std::optional<Progress> read_progress(int folder, const std::string& name) {
  const base::FileDescriptor file(
      ::openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.get() < 0) return std::nullopt;
  std::array<char, bytes> buffer{};
  const ssize_t size = ::pread(file.get(), buffer.data(), buffer.size(), 0);
  if (size != static_cast<ssize_t>(bytes)) return std::nullopt;
  std::string_view text(buffer.data(), bytes);
  Progress read;
  if (!take(text, read.step) || !take(text, read.total_steps) ||
      !take(text, read.steps_per_second) || !take(text, read.loss))
    return std::nullopt;
  return read;
}

ProgressFile::ProgressFile() {
  const char* const path = std::getenv(variable);
  if (path == nullptr) return;
  path_ = path;
  ::unsetenv(variable);
}

void ProgressFile::write(const Progress& progress) {
  if (path_.empty()) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + interval;
  // The worker makes the file, and removes it: a run that outlives its worker leaves none.
  if (file_.get() < 0)
    file_ = base::FileDescriptor(::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file_.get() < 0) {
    path_.clear();
    return;
  }
  std::string line = fmt::format("{} {} {:.4g} {:.6g}", progress.step, progress.total_steps,
                                 progress.steps_per_second, progress.loss);
  line.resize(bytes - 1, ' ');
  line += '\n';
  [[maybe_unused]] const ssize_t written = ::pwrite(file_.get(), line.data(), line.size(), 0);
}

}  // namespace assay::batch
