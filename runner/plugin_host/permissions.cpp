#include "runner/plugin_host/permissions.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace assay::plugin_host {
namespace {

std::string unsafe(const std::filesystem::path& path) {
  struct stat file {};
  if (stat(path.c_str(), &file) != 0) return fmt::format("{} cannot be examined", path.string());
  struct stat program {};
  const bool know_program = stat("/proc/self/exe", &program) == 0;
  const bool owner_is_trusted = file.st_uid == 0 || file.st_uid == geteuid() ||
                                (know_program && file.st_uid == program.st_uid);
  if (!owner_is_trusted)
    return fmt::format("{} belongs to another user (uid {}); copy it to a folder of your own",
                       path.string(), file.st_uid);
  // A user who cannot remove another user's file from a folder cannot replace it either.
  if (S_ISDIR(file.st_mode) && (file.st_mode & S_ISVTX) != 0) return {};
  if ((file.st_mode & S_IWOTH) != 0)
    return fmt::format("everybody can write to {}; chmod o-w {}", path.string(), path.string());
  if ((file.st_mode & S_IWGRP) != 0 && file.st_gid != 0 && file.st_gid != getegid())
    return fmt::format("group {} can write to {}; chmod g-w {}", file.st_gid, path.string(),
                       path.string());
  return {};
}

}  // namespace

std::string unsafe_permissions(const std::filesystem::path& library) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path target = fs::canonical(library, error);  // the target of a symbolic link
  if (error) return fmt::format("{} cannot be examined", library.string());
  for (const fs::path& path : {target, target.parent_path(), fs::absolute(library).parent_path()})
    if (std::string reason = unsafe(path); !reason.empty()) return reason;
  return {};
}

}  // namespace assay::plugin_host
