#include "runner/run_folder/run_folder.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <ctime>

#include "assay/error.h"
#include "runner/config/time_format.h"

namespace assay::run_folder {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const fs::path& path, int error) {
  const std::string message =
      fmt::format("{} cannot be created: {}", path.string(), std::strerror(error));
  if (error == ENOSPC || error == EDQUOT || error == EIO) throw Error(message);
  throw RunDirError(message);
}

void remove_empty(const std::vector<fs::path>& folders) noexcept {
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) ::rmdir(folder->c_str());
}

// File systems that the kernel makes up, in which a program keeps nothing. What access(2) says
// there to root is not what mkdir(2) says.
bool is_made_up(const fs::path& folder) {
  constexpr std::array<std::uint32_t, 10> kinds = {
      PROC_SUPER_MAGIC, SYSFS_MAGIC,      CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC,
      TRACEFS_MAGIC,    SECURITYFS_MAGIC, PSTOREFS_MAGIC,     DEVPTS_SUPER_MAGIC,  BPF_FS_MAGIC};
  struct statfs found = {};
  return ::statfs(folder.c_str(), &found) == 0 &&
         std::ranges::count(kinds, static_cast<std::uint32_t>(found.f_type)) != 0;
}

// Makes the folder and those above it; returns the new ones, outermost first.
std::vector<fs::path> make_folders(const fs::path& path) {
  std::vector<fs::path> made;
  fs::path folder;
  std::error_code ignored;
  for (const fs::path& part : path) {
    folder /= part;
    if (::mkdir(folder.c_str(), 0777) == 0) {
      made.push_back(folder);
    } else if (const int error = errno; !fs::is_directory(folder, ignored)) {
      remove_empty(made);
      fail(path, error == EEXIST ? ENOTDIR : error);
    }
  }
  return made;
}

bool is_generated(const std::string& name_template) {
  return name_template.find("${now:") != std::string::npos;
}

fs::path path_of(const std::string& name_template, std::chrono::system_clock::time_point start) {
  fs::path path = fs::absolute(config::expand_now(name_template, start)).lexically_normal();
  return path.has_filename() ? path : path.parent_path();  // "runs/a/"
}

[[noreturn]] void fail_existing(const fs::path& path) {
  throw RunDirError(
      fmt::format("{} exists already; name another one, or put "
                  "${{now:%Y%m%d-%H%M%S}} in run_dir for a new folder each time",
                  path.string()));
}

// Makes a folder in the run folder.
fs::path make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directory(path, error);
  if (error) throw Error(fmt::format("{}: cannot be created: {}", path.string(), error.message()));
  return path;
}

// Of a file step_N.safetensors.
std::optional<std::int64_t> step_of(const fs::path& checkpoint) {
  constexpr std::string_view prefix = "step_";
  const std::string stem = checkpoint.stem().string();
  if (checkpoint.extension() != ".safetensors" || !stem.starts_with(prefix)) return std::nullopt;
  std::int64_t step = 0;
  const char* end = stem.data() + stem.size();
  const auto read = std::from_chars(stem.data() + prefix.size(), end, step);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return step;
}

}  // namespace

RunFolder RunFolder::create(const std::string& name_template,
                            std::chrono::system_clock::time_point start) {
  check(name_template, start);
  const fs::path wanted = path_of(name_template, start);
  std::vector<fs::path> above = make_folders(wanted.parent_path());
  fs::path path = wanted;
  for (int suffix = 2; ::mkdir(path.c_str(), 0777) != 0; ++suffix) {
    if (const int error = errno; error != EEXIST) {
      remove_empty(above);
      fail(path, error);
    }
    if (!is_generated(name_template)) fail_existing(path);
    path = wanted.string() + fmt::format("-{}", suffix);
  }
  return RunFolder(path, std::move(above));
}

void RunFolder::check(const std::string& name_template,
                      std::chrono::system_clock::time_point start) {
  const fs::path wanted = path_of(name_template, start);
  std::error_code error, ignored;
  const fs::file_status status = fs::symlink_status(wanted, error);
  if (status.type() == fs::file_type::none) fail(wanted, error.value());
  if (fs::exists(status) && !is_generated(name_template)) fail_existing(wanted);
  const fs::path parent = wanted.parent_path();
  fs::path there = parent;  // the innermost folder that exists
  while (there.has_relative_path() && !fs::exists(fs::symlink_status(there, ignored)))
    there = there.parent_path();
  const fs::path& blamed = there == parent ? wanted : parent;
  if (!fs::is_directory(there, ignored)) fail(parent, ENOTDIR);
  if (is_made_up(there))
    throw RunDirError(
        fmt::format("{} cannot be created: {} is the kernel's own, not a place for files",
                    blamed.string(), there.string()));
  const long longest = ::pathconf(there.c_str(), _PC_NAME_MAX);
  const auto too_long = [longest](const fs::path& name) {
    return longest > 0 && name.native().size() > static_cast<std::size_t>(longest);
  };
  if (std::ranges::any_of(wanted.lexically_relative(there), too_long)) fail(wanted, ENAMETOOLONG);
  if (::faccessat(AT_FDCWD, there.c_str(), W_OK | X_OK, AT_EACCESS) != 0) fail(blamed, errno);
}

RunFolder::RunFolder(fs::path path, std::vector<fs::path> made_above)
    : path_(std::move(path)),
      made_above_(std::move(made_above)),
      lock_(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (lock_.get() < 0)
    throw Error(fmt::format("{}: cannot be opened: {}", path_.string(), std::strerror(errno)));
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0)
    throw Error(fmt::format("{}: another process is writing to this run folder", path_.string()));
}

void RunFolder::remove() noexcept {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  remove_empty(made_above_);
}

// File names end at 255 bytes; an extension, a suffix and ".part" must fit, too.
constexpr std::size_t longest_stem = 200;

fs::path RunFolder::image(std::string_view name) const {
  const fs::path folder = make_folder(path_ / "images");
  std::string safe(name);
  std::replace_if(
      safe.begin(), safe.end(), [](char c) { return c == '/' || c == ' ' || c == '\0'; }, '_');
  const std::string extension = fs::path(safe).extension().string();
  std::string stem = safe.substr(0, safe.size() - extension.size());
  if (stem.size() > longest_stem) {
    std::size_t end = longest_stem;
    while ((static_cast<unsigned char>(stem[end]) & 0xC0U) == 0x80U) --end;  // within a character
    stem.resize(end);
  }
  fs::path file = folder / (stem + extension);
  for (int suffix = 2; fs::exists(file); ++suffix)
    file = folder / fmt::format("{}-{}{}", stem, suffix, extension);
  return file;
}

fs::path RunFolder::checkpoint(std::int64_t step) const {
  return make_folder(path_ / "checkpoints") / fmt::format("step_{}.safetensors", step);
}

std::optional<fs::path> last_checkpoint(const fs::path& run_folder) {
  std::optional<fs::path> last;
  std::int64_t last_step = -1;
  std::error_code error;
  for (fs::directory_iterator entry(run_folder / "checkpoints", error), end; !error && entry != end;
       entry.increment(error))
    if (const auto step = step_of(entry->path()); step && *step > last_step) {
      last_step = *step;
      last = entry->path();
    }
  return last;
}

void RunLog::write(std::string_view text) {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const std::string time = fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::localtime(now));
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines += fmt::format("{} {}\n", time, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  const std::lock_guard lock(mutex_);
  try {
    file_.append(std::as_bytes(std::span(lines)));
  } catch (const Error&) {
    // The disk is full, which the loggers report; this file only repeats what the terminal shows.
  }
}

}  // namespace assay::run_folder
