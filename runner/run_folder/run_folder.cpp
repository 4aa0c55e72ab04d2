#include "runner/run_folder/run_folder.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>

#include "assay/error.h"
#include "runner/config/interpolation.h"

namespace assay::run_folder {

namespace fs = std::filesystem;

RunFolder RunFolder::create(const std::string& name_template,
                            std::chrono::system_clock::time_point start) {
  const bool generated = name_template.find("${now:") != std::string::npos;
  const fs::path wanted = fs::absolute(config::expand_now(name_template, start)).lexically_normal();
  std::error_code error;
  if (wanted.has_parent_path()) fs::create_directories(wanted.parent_path(), error);
  if (error)
    throw Error(fmt::format("run_dir: {} cannot be created: {}", wanted.parent_path().string(),
                            error.message()));
  fs::path path = wanted;
  for (int suffix = 2; ::mkdir(path.c_str(), 0777) != 0; ++suffix) {
    if (errno != EEXIST)
      throw Error(
          fmt::format("run_dir: {} cannot be created: {}", path.string(), std::strerror(errno)));
    if (!generated)
      throw Error(
          fmt::format("run_dir: {} exists already; remove it, or put ${{now:%Y%m%d-%H%M%S}} in "
                      "run_dir for a new "
                      "folder each time",
                      path.string()));
    path = wanted.string() + fmt::format("-{}", suffix);
  }
  return RunFolder(path);
}

RunFolder::RunFolder(fs::path path)
    : path_(std::move(path)), lock_(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (lock_.get() < 0 || ::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0)
    throw Error(fmt::format("{}: another process is writing to this run folder", path_.string()));
}

fs::path RunFolder::image(std::string_view name) const {
  const fs::path folder = path_ / "images";
  fs::create_directories(folder);
  std::string safe(name);
  std::replace_if(
      safe.begin(), safe.end(), [](char c) { return c == '/' || c == '\0'; }, '_');
  return folder / safe;
}

fs::path RunFolder::checkpoint(std::int64_t step) const {
  fs::create_directories(path_ / "checkpoints");
  return path_ / "checkpoints" / fmt::format("step_{}.safetensors", step);
}

std::optional<fs::path> last_checkpoint(const fs::path& run_folder) {
  constexpr std::string_view prefix = "step_";
  std::optional<fs::path> last;
  std::int64_t last_step = -1;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(run_folder / "checkpoints", error)) {
    const std::string stem = entry.path().stem().string();
    std::int64_t step = -1;
    if (entry.path().extension() != ".safetensors" || !stem.starts_with(prefix)) continue;
    std::from_chars(stem.data() + prefix.size(), stem.data() + stem.size(), step);
    if (step > last_step) {
      last_step = step;
      last = entry.path();
    }
  }
  return last;
}

void RunLog::write(std::string_view line) {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const std::string text = fmt::format("{:%Y-%m-%d %H:%M:%S} {}\n", fmt::localtime(now), line);
  const std::lock_guard lock(mutex_);
  try {
    file_.append(std::as_bytes(std::span(text)));
  } catch (const Error&) {
    // The disk is full, which the loggers report; this file only repeats what the terminal shows.
  }
}

}  // namespace assay::run_folder
