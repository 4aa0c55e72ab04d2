#include "runner/scaffold/write_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <string>
#include <system_error>

#include "assay/error.h"

namespace assay::scaffold {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::string& what) {
  throw Error(fmt::format("{}: {}", path.string(), what));
}

std::string message_of(int error) { return std::generic_category().message(error); }

void write(const fs::path& path, const std::string& text) {
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) fail(path, errno == 0 ? "cannot be written" : message_of(errno));
}

// A draft beside the final folder, so that a rename is the only remaining step.
class Draft {
 public:
  explicit Draft(const fs::path& folder)
      : path_(folder.parent_path() /
              fmt::format(".{}.{}", folder.filename().string(), ::getpid())) {
    std::error_code error;
    if (!fs::create_directory(path_, error))
      fail(folder, error ? error.message() : "its draft " + path_.string() + " exists");
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

  void become(const fs::path& folder) {
    int status = ::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, folder.c_str(), RENAME_NOREPLACE);
    // Not every file system supports this flag; only an empty folder could then be replaced.
    if (status != 0 && errno == EINVAL && !fs::exists(fs::symlink_status(folder)))
      status = ::rename(path_.c_str(), folder.c_str());
    if (status != 0) fail(folder, errno == EEXIST ? "exists already" : message_of(errno));
    path_.clear();
  }

 private:
  fs::path path_;
};

}  // namespace

void write_folder(const fs::path& folder, std::span<const File> files) {
  std::error_code error;
  if (fs::exists(fs::symlink_status(folder, error))) fail(folder, "exists already");
  Draft draft(folder);
  for (const File& file : files) write(draft.path() / file.name, file.text);
  draft.become(folder);
}

}  // namespace assay::scaffold
