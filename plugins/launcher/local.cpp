// Launcher `local`: workers are processes of this machine, started by posix_spawn. They end with
// the process that started them, whatever ends it.
//
//   nice   how far the workers give way to other processes, 0 to 19, added to the value of this
//          process; see nice(1) (default 0)
//
//   assay batch digits.yaml seed=1,2 --launcher '{type: local, nice: 10}'
#include "assay/launcher.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "assay/error.h"
#include "assay/plugin.h"

extern char** environ;

namespace {

using namespace assay;

struct Descriptor {
  int number = -1;
  explicit Descriptor(int n) : number(n) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

// Returns what can be read. Files of a process that ends meanwhile cannot, and iterators over a
// stream would throw then.
std::string text_of(const char* path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// A process as it is known to others: the number alone may be another process's by now, or one of
// another machine.
struct Identity {
  pid_t pid = 0;
  std::string start;  // clock ticks since the machine started
  std::string boot;   // the first digits of the machine's boot id

  static std::string this_boot() { return text_of("/proc/sys/kernel/random/boot_id").substr(0, 8); }

  // Returns the fields of /proc/PID/stat behind the name: the state first, the start as number 19.
  static std::vector<std::string> fields_of(pid_t pid) {
    const std::string stat = text_of(("/proc/" + std::to_string(pid) + "/stat").c_str());
    std::vector<std::string> fields;
    const std::size_t name_end = stat.rfind(')');
    for (std::size_t at = name_end; at < stat.size();) {
      const std::size_t begin = stat.find_first_not_of(" )\n", at);
      if (begin == std::string::npos) break;
      at = std::min(stat.find(' ', begin), stat.size());
      fields.push_back(stat.substr(begin, at - begin));
    }
    return fields;
  }

  static Identity of(pid_t pid) {
    const auto fields = fields_of(pid);
    return {pid, fields.size() > 19 ? fields[19] : "0", this_boot()};
  }

  std::string text() const { return std::to_string(pid) + "-" + start + "-" + boot; }

  static std::optional<Identity> read(std::string_view id) {
    Identity identity;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), identity.pid);
    const std::string rest(end, id.data() + id.size());
    const std::size_t dash = rest.find('-', 1);
    if (error != std::errc() || identity.pid <= 0 || !rest.starts_with('-') ||
        dash == std::string::npos)
      return std::nullopt;
    identity.start = rest.substr(1, dash - 1);
    identity.boot = rest.substr(dash + 1);
    return identity;
  }

  // Returns true if this very process is there and has not ended.
  bool is_alive() const {
    const auto fields = fields_of(pid);
    return fields.size() > 19 && fields[19] == start && fields[0] != "Z" && fields[0] != "X";
  }
};

std::string end_of(int status) {
  if (WIFSIGNALED(status)) {
    const char* name = ::sigabbrev_np(WTERMSIG(status));
    return name != nullptr ? std::string("killed by SIG") + name
                           : "killed by signal " + std::to_string(WTERMSIG(status));
  }
  return WEXITSTATUS(status) == 0 ? ""
                                  : "ended with exit code " + std::to_string(WEXITSTATUS(status));
}

// A child of this process.
class Child {
 public:
  explicit Child(pid_t pid)
      : pid_(pid), handle_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (has_ended()) return;
    send(SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }

  bool has_ended() {
    if (!ended_) ended_ = ::waitpid(pid_, &status_, WNOHANG) != 0;
    return ended_;
  }
  std::string how() const { return end_of(status_); }
  int handle() const { return handle_.number; }  // readable when the process ends; -1: old kernel

  void send(int signal) {
    if (has_ended()) return;
    ::kill(pid_, signal);
    if (signal == SIGKILL) ::kill(-pid_, signal);
  }

 private:
  pid_t pid_;
  Descriptor handle_;
  bool ended_ = false;
  int status_ = 0;
};

// The arguments of posix_spawn, which want to be given back.
class SpawnSetup {
 public:
  explicit SpawnSetup(const std::string& folder) {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
    // A group of its own: Ctrl-C at the terminal reaches the host, which passes it on.
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  ~SpawnSetup() {
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
  }
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

std::vector<std::string> environment_of(const Work& work) {
  std::vector<std::string> own(work.environment.begin(), work.environment.end());
  if (!work.ends_with_parent.empty()) own.emplace_back(work.ends_with_parent);
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('=') + 1);
    if (std::ranges::none_of(own, [name](const std::string& o) { return o.starts_with(name); }))
      all.emplace_back(text);
  }
  all.insert(all.end(), own.begin(), own.end());
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

class Local final : public Launcher {
 public:
  static constexpr About about = {.name = "local", .doc = "Workers are processes of this machine."};
  struct Options {
    std::int64_t nice = 0;
  };
  static constexpr auto table = assay::options(option(
      "nice", &Options::nice, "how far the workers give way to other processes, as of nice(1)",
      {.minimum = 0, .maximum = 19}));

  explicit Local(const Options& options) : nice_(static_cast<int>(options.nice)) {}

  LaunchPlace place() const override { return {.look_every = 0}; }

  void launch(const Work& work, WorkerIds& started) override {
    // By nice(1): a worker that is slowed down only once it runs may have started its first run by
    // then.
    std::vector<std::string> arguments;
    if (nice_ > 0) arguments = {"nice", "-n", std::to_string(nice_)};
    arguments.insert(arguments.end(), work.arguments.begin(), work.arguments.end());
    std::vector<std::string> environment = environment_of(work);
    const std::string folder(work.folder);
    const std::vector<char*> argv = pointers(arguments), envp = pointers(environment);
    const SpawnSetup setup(folder);
    for (std::int64_t i = 0; i < work.count; ++i) {
      pid_t pid = 0;
      const int error =
          posix_spawnp(&pid, argv[0], &setup.actions, &setup.attributes, argv.data(), envp.data());
      if (error != 0)
        throw Error("cannot start " + arguments[0] + " in " + folder + ": " + std::strerror(error));
      const std::string id = Identity::of(pid).text();
      children_.emplace(id, std::make_unique<Child>(pid));
      started.add(id);
    }
  }

  void look(std::span<const std::string_view> ids, WorkerStates& states) override {
    const std::string boot = Identity::this_boot();
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (const auto found = children_.find(ids[i]); found != children_.end()) {
        const bool ended = found->second->has_ended();
        states.set(i, ended ? WorkerState::ended : WorkerState::running,
                   ended ? found->second->how() : std::string());
      } else if (const auto other = Identity::read(ids[i]); other && other->boot == boot) {
        states.set(i, other->is_alive() ? WorkerState::running : WorkerState::ended, {});
      }
    }
  }

  void stop(std::span<const std::string_view> ids, int signal) override {
    const std::string boot = Identity::this_boot();
    for (const std::string_view id : ids) {
      if (const auto found = children_.find(id); found != children_.end()) {
        found->second->send(signal);
      } else if (const auto other = Identity::read(id);
                 other && other->boot == boot && other->is_alive()) {
        ::kill(other->pid, signal);
        if (signal == SIGKILL) ::kill(-other->pid, signal);
      }
    }
  }

  std::span<const int> end_events() override {
    events_.clear();
    for (const auto& [id, child] : children_)
      if (!child->has_ended()) events_.push_back(child->handle());
    // An old kernel has no such handles.
    if (std::ranges::count(events_, -1) > 0) events_.clear();
    return events_;
  }

 private:
  int nice_;
  std::map<std::string, std::unique_ptr<Child>, std::less<>> children_;  // by id
  std::vector<int> events_;
};

}  // namespace

ASSAY_COMPONENT(Local)
