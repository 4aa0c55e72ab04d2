#include "runner/base/git_state.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <sstream>
#include <string_view>

#include "runner/base/file_descriptor.h"

extern char** environ;

namespace assay::base {
namespace {

// posix_spawn, never fork: the threads of this process must not be copied half.
std::optional<std::string> output_of(std::array<const char*, 6> arguments) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  const FileDescriptor reader(ends[0]);
  FileDescriptor writer(ends[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int error = posix_spawnp(&child, arguments[0], &actions, nullptr,
                                 const_cast<char* const*>(arguments.data()), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return std::nullopt;
  writer = FileDescriptor();

  std::string text;
  std::array<char, 4096> buffer;
  for (ssize_t count; (count = read(reader.get(), buffer.data(), buffer.size())) != 0;) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return text;
}

}  // namespace

std::optional<GitState> git_state() {
  const auto text =
      output_of({"git", "status", "--porcelain=v2", "--branch", "--untracked-files=no", nullptr});
  if (!text) return std::nullopt;
  GitState state;
  std::stringstream lines(*text);
  constexpr std::string_view commit = "# branch.oid ";
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(commit)) state.commit = line.substr(commit.size());
    else if (!line.starts_with('#')) state.dirty = true;
  }
  if (state.commit.empty() || state.commit == "(initial)") return std::nullopt;
  return state;
}

}  // namespace assay::base
