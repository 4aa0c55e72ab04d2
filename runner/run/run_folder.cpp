#include "runner/run/run_folder.h"

#include <fcntl.h>
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
#include <exception>
#include <functional>
#include <thread>
#include <utility>

#include "assay/error.h"
#include "runner/base/atomic_file.h"
#include "runner/base/digest.h"
#include "runner/config/reference.h"

namespace assay::run {

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

// Returns true for virtual file systems of the kernel, which store no files. For root, access(2)
// and mkdir(2) give different answers there.
bool is_made_up(const fs::path& folder) {
  constexpr std::array<std::uint32_t, 18> kinds = {
      PROC_SUPER_MAGIC, SYSFS_MAGIC,      CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC, DEBUGFS_MAGIC,
      TRACEFS_MAGIC,    SECURITYFS_MAGIC, PSTOREFS_MAGIC,     DEVPTS_SUPER_MAGIC,  BPF_FS_MAGIC,
      BINFMTFS_MAGIC,   EFIVARFS_MAGIC,   SELINUX_MAGIC,      SMACK_MAGIC,         HUGETLBFS_MAGIC,
      0x19800202,  // of message queues
      0x62656570,  // configfs
      0x65735543,  // of connections to FUSE
  };
  struct statfs found = {};
  return ::statfs(folder.c_str(), &found) == 0 &&
         std::ranges::count(kinds, static_cast<std::uint32_t>(found.f_type)) != 0;
}

// Creates the folder and those above it; returns the new ones, outermost first.
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

// Takes the lock of a folder, which holds as long as the folder is open. Returns Lock::free if it
// was free; the caller then has it. Returns Lock::unknown if the file system has no locks (ENOLCK,
// EOPNOTSUPP, ENOSYS), or none for folders (EBADF on NFS).
Lock take_lock(const base::Folder& folder, int kind) {
  while (::flock(folder.descriptor(), kind | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return Lock::held;
    if (errno != EINTR) return Lock::unknown;
  }
  return Lock::free;
}

// Returns the step of a file step_N.safetensors.
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

// Returns the names in a folder, even if it was moved. A folder that cannot be read counts as
// empty.
std::vector<std::string> names_in(const base::Folder& folder) {
  std::vector<std::string> names;
  std::error_code error;
  const fs::path itself = fmt::format("/proc/self/fd/{}", folder.descriptor());
  for (fs::directory_iterator entry(itself, error), end; !error && entry != end;
       entry.increment(error))
    names.push_back(entry->path().filename().string());
  return names;
}

// Returns the folder that both lie in.
fs::path common_folder(const fs::path& a, const fs::path& b) {
  fs::path result;
  for (auto [x, y] = std::pair(a.begin(), b.begin()); x != a.end() && y != b.end() && *x == *y;
       ++x, ++y)
    result /= *x;
  return result;
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
  try {
    return {base::Folder(path), above};
  } catch (...) {
    ::rmdir(path.c_str());
    remove_empty(above);
    throw;
  }
}

RunFolder RunFolder::open(const fs::path& path) {
  RunFolder opened(base::Folder(path), {});
  for (const char* name : {".", "checkpoints", "images"}) {
    const base::Folder& folder = opened.folder_;
    if (*name != '.' && !folder.has(name)) continue;
    if (::faccessat(folder.descriptor(), name, W_OK | X_OK, AT_EACCESS) != 0)
      throw Error(fmt::format(
          "{}: the run cannot be continued, since nothing can be written to this folder: {}",
          *name == '.' ? path.string() : folder.path_of(name), std::strerror(errno)));
  }
  return opened;
}

void RunFolder::clean(const fs::path& path) noexcept {
  try {
    open(path).remove_leftovers();
  } catch (const std::exception&) {
    // They take room, and are in nobody's way.
  }
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
  const fs::file_status meant = fs::status(there, error);
  if (meant.type() == fs::file_type::none) fail(blamed, error.value());
  if (!fs::is_directory(meant))
    throw RunDirError(
        fmt::format("{} cannot be created: {} is not a folder", wanted.string(), there.string()));
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

RunFolder::RunFolder(base::Folder folder, std::vector<fs::path> made_above)
    : folder_(std::move(folder)), made_above_(std::move(made_above)) {
  // A process that asks for the state of the run holds the lock for a moment.
  constexpr int attempts = 100;
  for (int i = 0; i < attempts; ++i) {
    const Lock lock = take_lock(folder_, LOCK_EX);
    locked_ = lock == Lock::free;
    if (lock != Lock::held) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw Error(fmt::format("{}: another process is writing to this run folder", path().string()));
}

void RunFolder::remove() noexcept {
  std::error_code ignored;
  if (const auto path = folder_.current_path()) fs::remove_all(*path, ignored);
  remove_empty(made_above_);
}

Lock lock_of(const fs::path& run_folder) {
  try {
    return take_lock(base::Folder(run_folder), LOCK_SH);
  } catch (const Error&) {
    return Lock::unknown;
  }
}

// File names have at most 255 bytes, and must have room for an extension, a suffix and the ending
// of a temporary file.
constexpr std::size_t longest_stem = 200;

RunFolder::File RunFolder::image(std::string_view name) {
  base::Folder folder = folder_.subfolder("images");
  std::string safe(name);
  std::replace_if(
      safe.begin(), safe.end(), [](char c) { return c == '/' || c == ' ' || c == '\0'; }, '_');
  const std::string extension = fs::path(safe).extension().string();
  std::string stem = safe.substr(0, safe.size() - extension.size());
  if (stem.size() > longest_stem) {
    std::size_t end = longest_stem;
    while ((static_cast<unsigned char>(stem[end]) & 0xC0U) == 0x80U) --end;  // a whole character
    stem.resize(end);
  }
  std::string file = stem + extension;
  for (int suffix = 2; !images_.insert(file).second; ++suffix)
    file = fmt::format("{}-{}{}", stem, suffix, extension);
  return {std::move(folder), std::move(file)};
}

void RunFolder::remove_images(std::span<const std::string> names) const {
  if (names.empty() || !folder_.has("images")) return;
  const base::Folder images = folder_.existing_subfolder("images");
  for (const std::string& name : names)
    if (name.find('/') == name.npos && ::unlinkat(images.descriptor(), name.c_str(), 0) != 0 &&
        errno != ENOENT)
      images.fail(name, "cannot be removed", errno);
}

RunFolder::File RunFolder::checkpoint(std::int64_t step) const {
  return {folder_.subfolder("checkpoints"), checkpoint_name(step)};
}

RunFolder::File RunFolder::checkpoint(std::string_view name) const {
  return {folder_.subfolder("checkpoints"), fmt::format("{}.safetensors", name)};
}

std::string checkpoint_name(std::int64_t step) { return fmt::format("step_{}.safetensors", step); }

std::vector<std::int64_t> checkpoint_steps(const base::Folder& run_folder) {
  std::vector<std::int64_t> steps;
  if (!run_folder.has("checkpoints")) return steps;
  for (const std::string& name : names_in(run_folder.existing_subfolder("checkpoints")))
    if (const auto step = step_of(name); step && name == checkpoint_name(*step))
      steps.push_back(*step);
  std::ranges::sort(steps, std::greater{});
  return steps;
}

std::vector<std::string> named_checkpoints(const base::Folder& run_folder) {
  std::vector<std::string> found;
  if (!run_folder.has("checkpoints")) return found;
  for (const fs::path name : names_in(run_folder.existing_subfolder("checkpoints")))
    if (name.extension() == ".safetensors" && !step_of(name)) found.push_back(name.stem().string());
  std::ranges::sort(found);
  return found;
}

void RunFolder::remove_leftovers() const noexcept {
  if (!locked_) return;
  const auto clean = [](const base::Folder& folder) {
    for (const std::string& name : names_in(folder))
      if (base::is_temporary(name)) ::unlinkat(folder.descriptor(), name.c_str(), 0);
  };
  try {
    clean(folder_);
    for (const char* name : {"checkpoints", "images"})
      if (folder_.has(name)) clean(folder_.existing_subfolder(name));
  } catch (const std::exception&) {
    // They take space, but do no harm.
  }
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

std::map<std::string, std::string> copy_config(
    const base::Folder& run_folder, const config::Source& config,
    std::span<const std::shared_ptr<const config::Source>> files) {
  std::map<std::string, std::string> written = {{"config.yaml", base::digest(config.text)}};
  base::write_atomically(run_folder, "config.yaml", config.text, base::Sync::later);
  if (files.size() < 2) return written;
  fs::path home = fs::path(config.path).parent_path();
  for (const auto& file : files) home = common_folder(home, fs::path(file->path).parent_path());
  for (const auto& file : files) {
    const fs::path copy = fs::path(file->path).lexically_relative(home);
    base::Folder folder = run_folder.subfolder("config");
    for (const fs::path& part : copy.parent_path()) folder = folder.subfolder(part.string());
    base::write_atomically(folder, copy.filename().string(), file->text, base::Sync::later);
    written.emplace((fs::path("config") / copy).string(), base::digest(file->text));
  }
  return written;
}

}  // namespace assay::run
