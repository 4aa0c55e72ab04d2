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
  const bool sticky = S_ISDIR(file.st_mode) && (file.st_mode & S_ISVTX) != 0;
  if ((file.st_mode & S_IWOTH) != 0 && !sticky)
    return fmt::format("everybody can write to {}; chmod o-w {}", path.string(), path.string());
  return {};
}

}  // namespace

std::string unsafe_permissions(const std::filesystem::path& library) {
  std::string reason = unsafe(library);
  if (reason.empty()) reason = unsafe(std::filesystem::absolute(library).parent_path());
  return reason;
}

}  // namespace assay::plugin_host
