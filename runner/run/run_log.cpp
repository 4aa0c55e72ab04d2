#include "runner/run/run_log.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <span>
#include <utility>

#include "assay/error.h"
#include "runner/base/regular_file.h"

namespace assay::run {

namespace {

base::AppendFile open_or_create(const base::Folder& run_folder) {
  constexpr std::string_view name = "log.txt";
  if (!run_folder.has(name)) return {run_folder, name};
  const std::uint64_t size = base::RegularFile(run_folder, name).size();
  return {run_folder, name, static_cast<std::int64_t>(size)};
}

}  // namespace

RunLog::RunLog(const base::Folder& run_folder) : file_(open_or_create(run_folder)) {}

std::optional<std::string> RunLog::write(std::string_view text) {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const std::string time = fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(now));
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines += fmt::format("{} {}\n", time, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  const std::lock_guard lock(mutex_);
  if (finished_) return std::nullopt;
  try {
    file_.append(std::as_bytes(std::span(lines)));
  } catch (const Error& error) {
    return told_once(error.what());
  }
  return std::nullopt;
}

std::optional<std::string> RunLog::finish() {
  const std::lock_guard lock(mutex_);
  finished_ = true;
  try {
    file_.finish();
  } catch (const Error& error) {
    return told_once(error.what());
  }
  return std::nullopt;
}

std::optional<std::string> RunLog::told_once(const char* message) {
  if (std::exchange(told_, true)) return std::nullopt;
  return message;
}

}  // namespace assay::run
