#include "runner/base/git_state.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <thread>
#include <vector>

#include "runner/base/start_failure.h"

extern char** environ;

namespace assay::base {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t most_text = 64 * 1024;  // the header has a few lines; the rest is not needed
constexpr auto glance = 5ms;                  // the longest time to notice that git has ended
constexpr auto grace = 500ms;                 // for a killed process to end

// Disables the file system monitor, whose daemon would outlive the run.
constexpr std::array<const char*, 8> arguments = {
    "git",    "--no-pager",     "-c",       "core.fsmonitor=false",
    "status", "--porcelain=v2", "--branch", "--untracked-files=no"};

// Keeps git from prompting, locking, paging and fetching.
constexpr std::array<const char*, 6> settings = {"GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0",
                                                 "GIT_NO_LAZY_FETCH=1",  "GIT_PAGER=cat",
                                                 "GIT_ASKPASS=true",     "SSH_ASKPASS=true"};

// Holds the answer that another process was given: a commit, "dirty COMMIT", or nothing.
constexpr const char* known_answer = "ASSAY_GIT";
constexpr std::string_view dirty_word = "dirty ";

bool is_set_here(std::string_view entry) {
  const std::string_view name = entry.substr(0, entry.find('='));
  return std::ranges::any_of(settings, [&](std::string_view setting) {
    return setting.substr(0, setting.find('=')) == name;
  });
}

std::vector<char*> environment() {
  std::vector<char*> entries;
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (!is_set_here(*entry)) entries.push_back(*entry);
  for (const char* setting : settings) entries.push_back(const_cast<char*>(setting));
  entries.push_back(nullptr);
  return entries;
}

// Starts git in its own session, without a terminal. Returns an error number or 0.
int start(int output, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t signals;
  sigemptyset(&signals);
  posix_spawnattr_setsigmask(&attributes, &signals);
  for (const int number : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, number);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<char*> argv;
  for (const char* argument : arguments) argv.push_back(const_cast<char*>(argument));
  argv.push_back(nullptr);
  const int error =
      posix_spawnp(&pid, argv[0], &actions, &attributes, argv.data(), environment().data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

// Parses the complete lines.
GitState understood(std::string_view text) {
  constexpr std::string_view commit = "# branch.oid ";
  GitState state;
  for (std::size_t end; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1)) {
    const std::string_view line = text.substr(0, end);
    if (line.starts_with(commit)) state.commit = line.substr(commit.size());
    else if (!line.starts_with('#')) state.dirty = true;
  }
  if (state.commit == "(initial)") state.commit.clear();
  return state;
}

}  // namespace

std::string environment_entry(const std::optional<GitState>& answer) {
  std::string entry = std::string(known_answer) + "=";
  if (answer && answer->dirty) entry += dirty_word;
  return answer ? entry + answer->commit : entry;
}

// Uses posix_spawn, never fork: a fork copies only one of the process's threads.
GitQuery::GitQuery() {
  if (const char* const known = std::getenv(known_answer)) {
    std::string_view commit = known;
    const bool dirty = commit.starts_with(dirty_word);
    if (dirty) commit.remove_prefix(dirty_word.size());
    if (!commit.empty()) state_ = {std::string(commit), dirty};
    return;
  }
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    problem_ = start_failure("git", errno);
    return;
  }
  output_ = FileDescriptor(ends[0]);
  const FileDescriptor writer(ends[1]);
  fcntl(output_.get(), F_SETFL, O_NONBLOCK);
  if (const int error = start(writer.get(), pid_); error != 0) {
    pid_ = 0;
    // These errors mean that the user has no git or may not run it, so nobody expects an answer.
    if (error != ENOENT && error != ENOTDIR && error != EACCES)
      problem_ = start_failure("git", error);
    return;
  }
  open_ = true;
}

GitQuery::~GitQuery() { end(); }

std::optional<GitState> GitQuery::answer(std::chrono::milliseconds patience) {
  while (is_running()) {
    const bool ended = reap(false);  // checked first: its earlier output is read below
    read();
    conclude(ended);
    if (!is_running() || Clock::now() - started_ >= patience) break;
    pollfd file{open_ ? output_.get() : -1, POLLIN, 0};
    poll(&file, 1, static_cast<int>(glance.count()));
  }
  return state_;
}

void GitQuery::end() {
  if (!is_running()) return;
  if (!state_) problem_ = "git did not answer in time";
  kill(-pid_, SIGKILL);  // with what it started
  reap(true);
  pid_ = 0;
}

// Returns true if git has ended. A process may hang in a dead file system, so even the wait for a
// killed process has a limit.
bool GitQuery::reap(bool wait) {
  const Clock::time_point until = Clock::now() + (wait ? grace : 0ms);
  for (;;) {
    siginfo_t ended{};
    const int error =
        waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ? errno
                                                                                         : 0;
    if (error != 0 && error != EINTR) return true;  // somebody else has reaped it
    if (ended.si_pid == pid_) {
      kill(-pid_, SIGKILL);  // first: once git is reaped, another process may get the number
      waitpid(pid_, &status_, 0);
      return true;
    }
    if (Clock::now() >= until) return false;
    std::this_thread::sleep_for(1ms);
  }
}

void GitQuery::read() {
  std::array<char, 4096> buffer;
  while (open_ && text_.size() < most_text) {
    const ssize_t count = ::read(output_.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    open_ = count > 0;
    if (open_) text_.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

// Stores the answer once it is known. One change is enough: git may list thousands.
void GitQuery::conclude(bool is_whole) {
  const GitState state = understood(text_);
  const bool is_known = !state.commit.empty() && (is_whole || state.dirty);
  const bool failed = is_whole && !(WIFEXITED(status_) && WEXITSTATUS(status_) == 0);
  if (is_known && !failed) state_ = state;
  if (is_whole) pid_ = 0;
  else if (is_known || text_.size() >= most_text) end();
}

}  // namespace assay::base
