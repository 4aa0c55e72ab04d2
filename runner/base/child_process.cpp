#include "runner/base/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "assay/error.h"
#include "assay/stamp.h"
#include "runner/base/start_failure.h"

extern char** environ;

namespace assay::base {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t most_output = 16 * 1024;
constexpr std::size_t longest_line = 1 << 20;
constexpr auto glance = 10ms;  // the longest time to notice that a process has ended
constexpr auto grace = 200ms;  // for the processes that it leaves behind, to end by themselves

struct Pipe {
  FileDescriptor reader, writer;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    throw Error(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

// Reads the available data; returns false at the end.
bool read_some(const FileDescriptor& from, std::string& to) {
  std::array<char, 4096> buffer;
  const ssize_t count = read(from.get(), buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR;
  to.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

Clock::time_point after(std::chrono::duration<double> time) {
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(time);
}

}  // namespace

std::string signal_name(int number) {
  const char* name = sigabbrev_np(number);
  return name != nullptr ? fmt::format("SIG{}", name) : fmt::format("signal {}", number);
}

ChildProcess::ChildProcess(const std::vector<std::string>& arguments) {
  Pipe report = make_pipe(), printed = make_pipe();
  const std::string program = std::filesystem::read_symlink("/proc/self/exe").string();
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  // Undefined behaviour that a sanitizer detects must end the process, not just print a line.
  std::vector<char*> environment;
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (!std::string_view(*entry).starts_with("UBSAN_OPTIONS=")) environment.push_back(*entry);
  const char* const wished = std::getenv("UBSAN_OPTIONS");
  std::string undefined = "UBSAN_OPTIONS=";  // the last word counts
  if (wished != nullptr) undefined += std::string(wished) + ":";
  // The sanitizer of clang++ would otherwise handle these signals as soon as it is loaded.
  undefined += "halt_on_error=1:handle_segv=0:handle_sigbus=0:handle_sigfpe=0";
  environment.push_back(undefined.data());
  // Fill new memory with 0x7f, so that an uninitialized member is not 0 by luck.
  if (std::getenv("GLIBC_TUNABLES") == nullptr)
    environment.push_back(
        const_cast<char*>("GLIBC_TUNABLES=glibc.malloc.tcache_count=0:glibc.malloc.perturb=128"));
  environment.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, printed.writer.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, printed.writer.get(), STDERR_FILENO);
  posix_spawn_file_actions_adddup2(&actions, report.writer.get(), report_descriptor);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);  // a separate group
  const int error =
      posix_spawn(&pid_, program.c_str(), &actions, &attributes, argv.data(), environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw Error(start_failure(program, error));
  report_ = std::move(report.reader);
  printed_ = std::move(printed.reader);
}

ChildProcess::~ChildProcess() { kill_and_reap(); }

// Kills the group first: once its leader is reaped, another process may get the number.
void ChildProcess::kill_and_reap() {
  if (!running_) return;
  kill(-pid_, SIGKILL);
  while (waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
  }
  running_ = false;
  orphans_.end();
}

// Returns true if the child has ended; in that case it also ends everything that it started.
bool ChildProcess::has_ended() {
  if (!running_) return true;
  siginfo_t ended{};
  if (waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0) {
    if (errno == EINTR) return false;
    throw Error(fmt::format("a child process cannot be waited for: {}", std::strerror(errno)));
  }
  if (ended.si_pid != pid_) return false;
  left_behind_ = orphans_.left_after(grace, pid_);
  kill_and_reap();
  return true;
}

// Returns false if nothing came.
bool ChildProcess::read_within(std::chrono::milliseconds time) {
  std::array<pollfd, 2> files{};
  files[0] = {report_open_ ? report_.get() : -1, POLLIN, 0};
  files[1] = {printed_open_ ? printed_.get() : -1, POLLIN, 0};
  if (poll(files.data(), files.size(), static_cast<int>(time.count())) <= 0) return false;
  if (files[0].revents != 0) report_open_ = read_some(report_, lines_);
  if (files[1].revents != 0) printed_open_ = read_some(printed_, output_);
  if (output_.size() > 2 * most_output) output_.erase(0, output_.size() - most_output);
  return true;
}

std::optional<std::string> ChildProcess::next_line(std::chrono::duration<double> patience) {
  const Clock::time_point until = after(patience);
  for (;;) {
    if (const std::size_t end = lines_.find('\n'); end != std::string::npos) {
      std::string line = lines_.substr(0, end);
      lines_.erase(0, end + 1);
      return line;
    }
    if (lines_.size() >= longest_line) return std::exchange(lines_, {});
    const bool ended = has_ended();  // checked first: its earlier output is read below
    if (!report_open_ || Clock::now() >= until) return std::nullopt;
    if (!read_within(ended ? 0ms : glance) && ended) return std::nullopt;
  }
}

std::string ChildProcess::end(std::chrono::duration<double> patience) {
  // Its report is over, or it has been silent for too long already.
  const Clock::time_point until = report_open_ ? Clock::now() : after(patience);
  while (!has_ended()) {
    if (Clock::now() >= until) {
      kill_and_reap();
      return fmt::format("it did not answer for {:g} s", patience.count());
    }
    read_within(glance);
  }
  const Clock::time_point last = Clock::now() + 100ms;
  while (printed_open_ && Clock::now() < last) read_within(glance);  // the rest of what it printed
  if (WIFSIGNALED(status_)) return "killed by " + signal_name(WTERMSIG(status_));
  if (WEXITSTATUS(status_) != 0) return fmt::format("called exit({})", WEXITSTATUS(status_));
  if (left_behind_ > 0)
    return fmt::format("it left {} process{} behind, which {} ended", left_behind_,
                       left_behind_ == 1 ? "" : "es", left_behind_ == 1 ? "was" : "were");
  return {};
}

std::optional<int> ChildProcess::exit_code() const {
  if (running_ || !WIFEXITED(status_)) return std::nullopt;
  return WEXITSTATUS(status_);
}

void restrict_this_process(std::size_t most_bytes) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  if (stamp::sanitizers != "none") return;
  const rlimit memory{most_bytes, most_bytes};
  setrlimit(RLIMIT_AS, &memory);
}

}  // namespace assay::base
