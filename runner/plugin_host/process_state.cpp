#include "runner/plugin_host/process_state.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pthread.h>
#include <sys/time.h>
#include <unistd.h>

#include <charconv>
#include <clocale>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "runner/base/line_reader.h"
#include "runner/base/utf8.h"
#include "runner/plugin_host/floating_point.h"

extern char** environ;

namespace assay::plugin_host {
namespace {

constexpr std::array timers = {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF};

constexpr std::array<std::pair<int, const char*>, 12> limit_names = {{{RLIMIT_CPU, "CPU"},
                                                                      {RLIMIT_FSIZE, "FSIZE"},
                                                                      {RLIMIT_DATA, "DATA"},
                                                                      {RLIMIT_STACK, "STACK"},
                                                                      {RLIMIT_CORE, "CORE"},
                                                                      {RLIMIT_RSS, "RSS"},
                                                                      {RLIMIT_NPROC, "NPROC"},
                                                                      {RLIMIT_NOFILE, "NOFILE"},
                                                                      {RLIMIT_MEMLOCK, "MEMLOCK"},
                                                                      {RLIMIT_AS, "AS"},
                                                                      {RLIMIT_NICE, "NICE"},
                                                                      {RLIMIT_RTPRIO, "RTPRIO"}}};

std::string signal_name(int number) {
  const char* name = sigabbrev_np(number);
  return name != nullptr ? fmt::format("SIG{}", name)
                         : fmt::format("SIGRTMIN+{}", number - SIGRTMIN);
}

// Reads the umask from /proc if possible: umask() would change it, and other threads may be
// creating files. The same file says which signals have handlers, so that only those need a system
// call.
class KernelStatus {
 public:
  KernelStatus() {
    base::LineReader status("/proc/self/status");
    for (std::string_view line; status.next(line);) {
      read(line, "Umask:\t", 8, umask_);
      read(line, "SigIgn:\t", 16, ignored_);
      read(line, "SigCgt:\t", 16, caught_);
    }
  }

  mode_t umask() const {
    if (umask_) return static_cast<mode_t>(*umask_);
    const mode_t mask = ::umask(0);
    ::umask(mask);
    return mask;
  }

  // Returns what a signal does. Those below SIGRTMIN that have no name are the C library's own.
  struct sigaction action(int signal) const {
    struct sigaction action {};
    if (signal > SIGSYS && signal < SIGRTMIN) return action;
    const std::uint64_t bit = std::uint64_t{1} << (signal - 1);
    if (!ignored_ || !caught_ || (*caught_ & bit) != 0) ::sigaction(signal, nullptr, &action);
    else action.sa_handler = (*ignored_ & bit) != 0 ? SIG_IGN : SIG_DFL;
    return action;
  }

 private:
  static void read(std::string_view line, std::string_view key, int base,
                   std::optional<std::uint64_t>& value) {
    if (!line.starts_with(key)) return;
    std::uint64_t number = 0;
    const char* const end = line.data() + line.size();
    if (std::from_chars(line.data() + key.size(), end, number, base).ec == std::errc())
      value = number;
  }

  std::optional<std::uint64_t> umask_, ignored_, caught_;
};

// Returns all variables as NAME=VALUE, each with a zero byte behind it.
std::string current_environment() {
  std::string all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    all += *entry;
    all += '\0';
  }
  return all;
}

std::map<std::string_view, std::string_view> variables(std::string_view environment) {
  std::map<std::string_view, std::string_view> variables;
  while (!environment.empty()) {
    const std::string_view text = environment.substr(0, environment.find('\0'));
    environment.remove_prefix(text.size() + 1);
    if (const std::size_t equals = text.find('='); equals != text.npos)
      variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

// Lists the variables that are in only one of the two, or have different values.
std::vector<std::string_view> differing(const std::string& before, const std::string& after) {
  std::vector<std::string_view> names;
  if (before == after) return names;
  const auto a = variables(before), b = variables(after);
  for (const auto& [name, value] : a)
    if (const auto found = b.find(name); found == b.end() || found->second != value)
      names.push_back(name);
  for (const auto& [name, value] : b)
    if (!a.contains(name)) names.push_back(name);
  return names;
}

bool same(const rlimit& a, const rlimit& b) {
  return a.rlim_cur == b.rlim_cur && a.rlim_max == b.rlim_max;
}

}  // namespace

ProcessState::ProcessState()
    : folder_(open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)),
      environment_(current_environment()),
      c_locale_(std::setlocale(LC_ALL, nullptr)),
      terminate_(std::get_terminate()),
      default_rules_(computes_by_default_rules()) {
  const KernelStatus status;
  umask_ = status.umask();
  stat(".", &folder_identity_);
  for (const auto& [limit, name] : limit_names)
    getrlimit(static_cast<__rlimit_resource>(limit), &limits_[static_cast<std::size_t>(limit)]);
  for (int signal = 1; signal < NSIG; ++signal)
    actions_[static_cast<std::size_t>(signal)] = status.action(signal);
  for (std::size_t i = 0; i < timers.size(); ++i) {
    itimerval timer{};
    getitimer(timers[i], &timer);
    armed_[i] = timer.it_value.tv_sec != 0 || timer.it_value.tv_usec != 0;
  }
  sigemptyset(&blocked_);
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked_);
  sched_getaffinity(0, sizeof cpus_, &cpus_);
  std::fegetenv(&floating_point_);
}

std::string ProcessState::changes() const {
  const std::string descriptors = descriptors_.changes();  // before files are opened here
  const ProcessState now;
  std::vector<std::string> list;
  if (now.folder_identity_.st_dev != folder_identity_.st_dev ||
      now.folder_identity_.st_ino != folder_identity_.st_ino) {
    std::error_code error;
    list.push_back(
        fmt::format("the working folder (now {})", std::filesystem::current_path(error).string()));
  }
  if (now.umask_ != umask_)
    list.push_back(fmt::format("the umask (now {:03o})", static_cast<unsigned>(now.umask_)));
  if (const auto names = differing(environment_, now.environment_); !names.empty())
    list.push_back(fmt::format("the environment ({})", fmt::join(names, ", ")));
  if (now.c_locale_ != c_locale_)
    list.push_back(fmt::format("the C locale (now {})", now.c_locale_));
  if (now.stream_locale_ != stream_locale_)
    list.push_back(fmt::format("the locale of streams (now {})", now.stream_locale_.name()));
  for (const auto& [limit, name] : limit_names)
    if (const auto i = static_cast<std::size_t>(limit); !same(now.limits_[i], limits_[i]))
      list.push_back(fmt::format("the limit RLIMIT_{}", name));
  if (!descriptors.empty()) list.push_back(descriptors);
  for (int signal = 1; signal < NSIG; ++signal)
    if (const auto i = static_cast<std::size_t>(signal);
        now.actions_[i].sa_handler != actions_[i].sa_handler ||
        sigismember(&now.blocked_, signal) != sigismember(&blocked_, signal))
      list.push_back(fmt::format("what {} does", signal_name(signal)));
  for (std::size_t i = 0; i < timers.size(); ++i)
    if (now.armed_[i] && !armed_[i]) list.emplace_back("a timer (it sets an alarm)");
  if (now.terminate_ != terminate_) list.emplace_back("what std::terminate does");
  if (CPU_EQUAL(&now.cpus_, &cpus_) == 0) list.emplace_back("the CPUs that the thread may run on");
  if (now.default_rules_ != default_rules_) list.emplace_back("the floating-point mode");
  return fmt::format("{}", fmt::join(list, ", "));
}

std::string changed_by_calls(const std::string& changes) {
  return fmt::format(
      "a call of a plugin changed for the whole process: {}; `assay plugins check FILE` finds the "
      "plugin",
      base::one_line(changes));
}

std::string KeptProcessState::restore() {
  restored_ = true;
  const std::string changes = state_.changes();
  if (changes.empty()) {
    state_.restore_floating_point();
    return {};
  }
  state_.restore();
  const std::string left = state_.changes();
  return base::one_line(
      left.empty()
          ? changes + "; this was undone"
          : fmt::format("{}; this was undone, except for what cannot be: {}", changes, left));
}

void ProcessState::restore_floating_point() const { std::fesetenv(&floating_point_); }

void ProcessState::restore_beside_open_files() const {
  descriptors_.reopen();
  restore_all_but_descriptors();
}

void ProcessState::restore() const {
  descriptors_.restore();
  restore_all_but_descriptors();
}

void ProcessState::restore_all_but_descriptors() const {
  const ProcessState now;
  if (folder_.get() >= 0) [[maybe_unused]]
    const int moved = fchdir(folder_.get());
  if (now.umask_ != umask_) umask(umask_);
  const auto variables_before = variables(environment_);
  for (const std::string_view changed : differing(environment_, now.environment_)) {
    const std::string name(changed);
    if (const auto before = variables_before.find(changed); before != variables_before.end())
      setenv(name.c_str(), std::string(before->second).c_str(), 1);
    else unsetenv(name.c_str());
  }
  if (now.stream_locale_ != stream_locale_) std::locale::global(stream_locale_);
  if (c_locale_ != std::setlocale(LC_ALL, nullptr)) std::setlocale(LC_ALL, c_locale_.c_str());
  for (const auto& [limit, name] : limit_names)
    if (const auto i = static_cast<std::size_t>(limit); !same(now.limits_[i], limits_[i]))
      setrlimit(static_cast<__rlimit_resource>(limit), &limits_[i]);
  for (std::size_t i = 0; i < timers.size(); ++i) {
    const itimerval none{};
    if (now.armed_[i] && !armed_[i]) setitimer(timers[i], &none, nullptr);
  }
  for (int signal = 1; signal < NSIG; ++signal)
    if (const auto i = static_cast<std::size_t>(signal);
        now.actions_[i].sa_handler != actions_[i].sa_handler)
      sigaction(signal, &actions_[i], nullptr);
  pthread_sigmask(SIG_SETMASK, &blocked_, nullptr);
  std::set_terminate(terminate_);
  if (CPU_EQUAL(&now.cpus_, &cpus_) == 0) sched_setaffinity(0, sizeof cpus_, &cpus_);
  restore_floating_point();
}

}  // namespace assay::plugin_host
