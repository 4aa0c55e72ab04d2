#include "runner/base/own_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "assay/error.h"
#include "runner/base/start_failure.h"

extern char** environ;

namespace assay::base {
namespace {

// The environment variable that tells a process the number of its parent.
constexpr const char* parent_variable = "ASSAY_PARENT";

class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  posix_spawn_file_actions_t* get() { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

class Attributes {
 public:
  Attributes() { posix_spawnattr_init(&attributes_); }
  ~Attributes() { posix_spawnattr_destroy(&attributes_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  posix_spawnattr_t* get() { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

}  // namespace

OwnProcess::OwnProcess(const Setup& setup) {
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : setup.arguments)
    argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  std::vector<std::string> own = setup.environment;
  own.push_back(parent_entry());
  const auto is_own = [&own](std::string_view entry) {
    const std::string_view name = entry.substr(0, entry.find('=') + 1);
    return std::ranges::any_of(own, [name](const std::string& o) { return o.starts_with(name); });
  };
  std::vector<char*> environment;
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (!is_own(*entry)) environment.push_back(*entry);
  for (std::string& entry : own) environment.push_back(entry.data());
  environment.push_back(nullptr);

  FileActions actions;
  posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  if (!setup.output.empty()) {
    posix_spawn_file_actions_addopen(actions.get(), STDOUT_FILENO, setup.output.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0666);
    posix_spawn_file_actions_adddup2(actions.get(), STDOUT_FILENO, STDERR_FILENO);
  }
  Attributes attributes;
  if (setup.has_own_group) posix_spawnattr_setflags(attributes.get(), POSIX_SPAWN_SETPGROUP);
  const int error = posix_spawn(&pid_, program.c_str(), actions.get(), attributes.get(),
                                argv.data(), environment.data());
  if (error != 0) {
    pid_ = 0;
    throw Error(start_failure(program, error));
  }
  if (setup.memory) {
    const auto most = static_cast<rlim_t>(*setup.memory);
    const rlimit limit{most, most};
    ::prlimit(pid_, RLIMIT_AS, &limit, nullptr);
  }
  handle_ = FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
}

OwnProcess::~OwnProcess() {
  if (pid_ <= 0 || has_ended_) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
  }
}

bool OwnProcess::wait(std::chrono::milliseconds time) {
  if (has_ended_) return true;
  pollfd file{handle_.get(), POLLIN, 0};
  // An old kernel has no such descriptor; the wait is then cut into short ones.
  ::poll(
      &file, 1,
      static_cast<int>(handle_.get() < 0 ? std::min<std::int64_t>(time.count(), 5) : time.count()));
  has_ended_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
  return has_ended_;
}

void OwnProcess::send(int signal) const {
  if (!has_ended_) ::kill(pid_, signal);
}

std::optional<int> OwnProcess::exit_code() const {
  if (!has_ended_ || !WIFEXITED(status_)) return std::nullopt;
  return WEXITSTATUS(status_);
}

int OwnProcess::ended_by() const {
  return has_ended_ && WIFSIGNALED(status_) ? WTERMSIG(status_) : 0;
}

std::string parent_entry() { return fmt::format("{}={}", parent_variable, ::getpid()); }

void end_with_parent() {
  const char* const text = std::getenv(parent_variable);
  if (text == nullptr) return;
  pid_t parent = 0;
  const std::string_view digits = text;
  std::from_chars(digits.data(), digits.data() + digits.size(), parent);
  ::unsetenv(parent_variable);  // it must not reach children of this process
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::raise(SIGKILL);  // it ended before
}

}  // namespace assay::base
