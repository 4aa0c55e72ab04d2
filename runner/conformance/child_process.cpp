#include "runner/conformance/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <thread>

#include "assay/error.h"
#include "assay/stamp.h"

extern char** environ;

namespace assay::conformance {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using run_folder::FileDescriptor;

constexpr std::size_t most_output = 16 * 1024;
constexpr std::size_t most_lines = 16 << 20;

struct Pipe {
  FileDescriptor reader, writer;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw Error(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

// Reads what is there; false at the end.
bool read_some(const FileDescriptor& from, std::string& to) {
  std::array<char, 4096> buffer;
  const ssize_t count = read(from.get(), buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR;
  to.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

std::string signal_name(int number) {
  const char* name = sigabbrev_np(number);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", number);
}

Clock::time_point after(std::chrono::duration<double> time) {
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(time);
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments) {
  Pipe report = make_pipe(), printed = make_pipe();
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, printed.writer.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, printed.writer.get(), STDERR_FILENO);
  posix_spawn_file_actions_adddup2(&actions, report.writer.get(), report_descriptor);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);  // a group of its own
  const int error =
      posix_spawn(&pid_, program.c_str(), &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw Error(fmt::format("cannot start {}: {}", program, std::strerror(error)));
  report_ = std::move(report.reader);
  printed_ = std::move(printed.reader);
}

ChildProcess::~ChildProcess() { kill_and_reap(); }

// The group first: once its leader is reaped, the number may be another's.
void ChildProcess::kill_and_reap() {
  if (!running_) return;
  kill(-pid_, SIGKILL);
  while (waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
  }
  running_ = false;
}

bool ChildProcess::wait_for_input(Time until) {
  std::array<pollfd, 2> files{};
  files[0] = {report_open_ ? report_.get() : -1, POLLIN, 0};
  files[1] = {printed_open_ ? printed_.get() : -1, POLLIN, 0};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
  if (left <= 0ms) return false;
  if (poll(files.data(), files.size(), static_cast<int>(left.count())) < 0) return errno == EINTR;
  if (files[0].revents != 0)
    report_open_ = read_some(report_, lines_) && lines_.size() < most_lines;
  if (files[1].revents != 0) printed_open_ = read_some(printed_, output_);
  if (output_.size() > 2 * most_output) output_.erase(0, output_.size() - most_output);
  return true;
}

std::optional<std::string> ChildProcess::next_line(std::chrono::duration<double> patience) {
  const Time until = after(patience);
  for (;;) {
    if (const std::size_t end = lines_.find('\n'); end != std::string::npos) {
      std::string line = lines_.substr(0, end);
      lines_.erase(0, end + 1);
      return line;
    }
    if (!report_open_ || !wait_for_input(until)) return std::nullopt;
  }
}

std::string ChildProcess::end(std::chrono::duration<double> patience) {
  // Its report is over, or it has been silent for too long already.
  const bool silent = report_open_;
  const Time until = silent ? Clock::now() : after(patience);
  for (;;) {
    siginfo_t ended{};
    if (waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0) {
      if (ended.si_pid == pid_) break;
    } else if (errno != EINTR) {
      throw Error("a child process cannot be waited for");
    }
    if (Clock::now() >= until) {
      kill_and_reap();
      return fmt::format("it did not answer for {:g} s", patience.count());
    }
    if (printed_open_) wait_for_input(std::min(until, Clock::now() + 10ms));
    else std::this_thread::sleep_for(5ms);
  }
  kill_and_reap();  // what it started and left behind
  const Time last = Clock::now() + 100ms;
  while (printed_open_ && wait_for_input(last)) {  // the rest of what it printed
  }
  if (WIFSIGNALED(status_)) return "killed by " + signal_name(WTERMSIG(status_));
  if (WEXITSTATUS(status_) != 0) return fmt::format("called exit({})", WEXITSTATUS(status_));
  return {};
}

void restrict_this_process(std::size_t most_bytes) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  fcntl(report_descriptor, F_SETFD, FD_CLOEXEC);  // the report is over when this process is
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  if (stamp::sanitizers != "none") return;
  const rlimit memory{most_bytes, most_bytes};
  setrlimit(RLIMIT_AS, &memory);
}

}  // namespace assay::conformance
