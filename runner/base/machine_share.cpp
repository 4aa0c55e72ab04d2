#include "runner/base/machine_share.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <memory>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "runner/base/address_space.h"

namespace assay::base {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kibi = 1024;

/// Reads a positive decimal number and nothing else; blanks around it are allowed.
std::optional<std::int64_t> positive(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  text = text.substr(0, text.find_last_not_of(blanks) + 1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number <= 0) return std::nullopt;
  return number;
}

std::optional<std::string> first_line(const fs::path& file) {
  std::ifstream stream(file);
  std::string line;
  if (!std::getline(stream, line)) return std::nullopt;
  return line;
}

std::optional<std::int64_t> number_in(const fs::path& file) {
  const auto line = first_line(file);
  return line ? positive(*line) : std::nullopt;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

bool names(const std::string& list, std::string_view name) {
  return std::ranges::count(split(list, ','), name) != 0;
}

/// Undoes the octal escapes of /proc/self/mountinfo: "\040" is a blank.
std::string unescaped(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned code = 0;
    const char* const first = text.data() + i + 1;
    const bool escape = text[i] == '\\' && i + 3 < text.size() &&
                        std::from_chars(first, first + 3, code, 8).ptr == first + 3;
    result += escape ? static_cast<char>(code) : text[i];
    if (escape) i += 3;
  }
  return result;
}

struct Mount {
  fs::path root;  ///< the control group that is seen at `point`
  fs::path point;
};

/// Returns where the control groups of a controller are mounted. No controller means version 2.
std::vector<Mount> mounts(const fs::path& root, std::string_view controller) {
  std::vector<Mount> found;
  std::ifstream stream(root / "proc/self/mountinfo");
  for (std::string line; std::getline(stream, line);) {
    // ID PARENT MAJOR:MINOR ROOT POINT OPTIONS [FIELDS ...] - TYPE SOURCE SUPEROPTIONS
    const std::size_t dash = line.find(" - cgroup");
    if (dash == line.npos) continue;
    const auto before = split(line.substr(0, dash), ' ');
    const auto after = split(line.substr(dash + 3), ' ');
    if (before.size() < 5 || after.empty()) continue;
    const bool right = controller.empty() ? after[0] == "cgroup2"
                                          : after[0] == "cgroup" && after.size() > 2 &&
                                                names(after[2], controller);
    if (right) found.push_back({unescaped(before[3]), unescaped(before[4])});
  }
  return found;
}

/// A control group with the folder of its files.
struct Group {
  std::string name;
  fs::path folder;
};

/// Returns the control groups of a controller that contain this process, its own first and then the
/// enclosing ones, as far as they are mounted. A container sees only its own.
std::vector<Group> groups(const fs::path& root, std::string_view controller) {
  std::vector<Group> found;
  std::ifstream stream(root / "proc/self/cgroup");
  for (std::string line; std::getline(stream, line);) {
    // NUMBER:CONTROLLERS:GROUP; the group may have colons in its name.
    const std::size_t first = line.find(':');
    const std::size_t second = first == line.npos ? first : line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (controller.empty() ? !controllers.empty() : !names(controllers, controller)) continue;
    const fs::path own = line.substr(second + 1);
    for (const Mount& mount : mounts(root, controller)) {
      fs::path inner = own.lexically_relative(mount.root);
      // The group lies outside the mounted part: only the outermost visible group is known to
      // contain it.
      if (inner.empty() || *inner.begin() == "..") inner = ".";
      const fs::path top = root / mount.point.relative_path();
      for (fs::path at = inner.lexically_normal();; at = at.parent_path()) {
        const bool outermost = at.empty() || at == ".";
        found.push_back({(outermost ? mount.root : mount.root / at).lexically_normal().string(),
                         outermost ? top : top / at});
        if (outermost) break;
      }
    }
  }
  return found;
}

void lower(Share& share, std::optional<std::int64_t> amount, const std::string& limit,
           const std::string& remedy) {
  if (amount && *amount < share.amount) share = {*amount, limit, remedy};
}

void lower_by_group(Share& share, std::optional<std::int64_t> amount, const Group& group,
                    const char* file) {
  lower(share, amount, fmt::format("the control group {} ({})", group.name, file),
        fmt::format("raise {} of that control group, or the limit of the container or job that it "
                    "belongs to",
                    file));
}

/// Converts a quota to a number of cores, rounded up.
std::optional<std::int64_t> cores_of(std::optional<std::int64_t> quota,
                                     std::optional<std::int64_t> period) {
  if (!quota || !period) return std::nullopt;
  return *quota / *period + (*quota % *period != 0 ? 1 : 0);
}

/// Returns the cores that cpu.max gives: "QUOTA PERIOD", or "max PERIOD" if there is no limit.
std::optional<std::int64_t> cores_in(const fs::path& cpu_max) {
  const auto line = first_line(cpu_max);
  if (!line) return std::nullopt;
  const auto parts = split(*line, ' ');
  return parts.size() == 2 ? cores_of(positive(parts[0]), positive(parts[1])) : std::nullopt;
}

std::optional<std::int64_t> variable(const ProcessLimits& limits, const char* name) {
  const auto text = limits.variable ? limits.variable(name) : std::nullopt;
  return text ? positive(*text) : std::nullopt;
}

/// Returns the bytes of a number of MB, as Slurm counts them.
std::optional<std::int64_t> from_megabytes(std::optional<std::int64_t> megabytes) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / kibi / kibi;
  if (!megabytes || *megabytes > most) return std::nullopt;
  return *megabytes * kibi * kibi;
}

std::optional<std::int64_t> memory_of_cpus(const ProcessLimits& limits) {
  const auto per_cpu = variable(limits, "SLURM_MEM_PER_CPU");
  auto cpus = variable(limits, "SLURM_CPUS_PER_TASK");
  if (!cpus) cpus = variable(limits, "SLURM_CPUS_ON_NODE");
  std::int64_t megabytes = 0;
  if (!per_cpu || !cpus || __builtin_mul_overflow(*per_cpu, *cpus, &megabytes)) return std::nullopt;
  return from_megabytes(megabytes);
}

/// Returns the limit as a signed number. A limit that does not fit counts as none.
std::optional<std::int64_t> countable(std::optional<std::uint64_t> limit) {
  if (!limit || std::cmp_greater(*limit, std::numeric_limits<std::int64_t>::max()))
    return std::nullopt;
  return static_cast<std::int64_t>(*limit);
}

/// Counts the processes and threads of the user that this process can see.
std::int64_t processes_of_user(const fs::path& root) {
  std::int64_t count = 0;
  std::error_code error;
  for (fs::directory_iterator entry(root / "proc", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.find_first_not_of("0123456789") != name.npos) continue;
    struct stat status {};
    if (::stat(entry->path().c_str(), &status) != 0 || status.st_uid != ::getuid()) continue;
    std::ifstream stream(entry->path() / "status");
    constexpr std::string_view key = "Threads:";
    for (std::string line; std::getline(stream, line);)
      if (line.starts_with(key)) count += positive(line.substr(key.size())).value_or(0);
  }
  return count;
}

struct FreeSet {
  void operator()(cpu_set_t* set) const { CPU_FREE(set); }
};

/// Counts the CPUs of the affinity. A machine may have more CPUs than a cpu_set_t can hold.
std::int64_t cores_of_affinity() {
  for (std::size_t most = CPU_SETSIZE; most <= (std::size_t{1} << 20); most *= 2) {
    const std::unique_ptr<cpu_set_t, FreeSet> set(CPU_ALLOC(most));
    if (!set) break;
    const std::size_t size = CPU_ALLOC_SIZE(most);
    if (sched_getaffinity(0, size, set.get()) == 0) return CPU_COUNT_S(size, set.get());
  }
  return sysconf(_SC_NPROCESSORS_ONLN);
}

}  // namespace

ProcessLimits ProcessLimits::of_this_process() {
  ProcessLimits here;
  here.cores = cores_of_affinity();
  here.memory = sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
  here.address_space = countable(soft_limit(RLIMIT_AS));
  here.data_segment = countable(soft_limit(RLIMIT_DATA));
  if (::geteuid() != 0) here.processes = countable(soft_limit(RLIMIT_NPROC));
  here.variable = [](const char* name) -> std::optional<std::string> {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  return here;
}

Share cores_given(const ProcessLimits& limits) {
  Share share{std::max<std::int64_t>(limits.cores, 1), "the CPU affinity of the process", {}};
  for (const Group& group : groups(limits.root, {}))
    lower_by_group(share, cores_in(group.folder / "cpu.max"), group, "cpu.max");
  for (const Group& group : groups(limits.root, "cpu"))
    lower_by_group(share,
                   cores_of(number_in(group.folder / "cpu.cfs_quota_us"),
                            number_in(group.folder / "cpu.cfs_period_us")),
                   group, "cpu.cfs_quota_us");
  lower(share, variable(limits, "SLURM_CPUS_PER_TASK"), "SLURM_CPUS_PER_TASK",
        "ask Slurm for more with --cpus-per-task");
  return share;
}

Share memory_given(const ProcessLimits& limits) {
  Share share{limits.memory, "the machine", {}};
  for (const Group& group : groups(limits.root, {}))
    lower_by_group(share, number_in(group.folder / "memory.max"), group, "memory.max");
  for (const Group& group : groups(limits.root, "memory"))
    lower_by_group(share, number_in(group.folder / "memory.limit_in_bytes"), group,
                   "memory.limit_in_bytes");
  lower(share, limits.address_space, "`ulimit -v`", "raise that limit with `ulimit -v`");
  lower(share, limits.data_segment, "`ulimit -d`", "raise that limit with `ulimit -d`");
  lower(share, from_megabytes(variable(limits, "SLURM_MEM_PER_NODE")), "SLURM_MEM_PER_NODE",
        "ask Slurm for more with --mem");
  lower(share, memory_of_cpus(limits), "SLURM_MEM_PER_CPU",
        "ask Slurm for more with --mem-per-cpu");
  return share;
}

std::optional<std::string> reached_limit_on_processes(const ProcessLimits& limits) {
  for (const char* controller : {"", "pids"})
    for (const Group& group : groups(limits.root, controller)) {
      const auto most = number_in(group.folder / "pids.max");
      const auto now = number_in(group.folder / "pids.current");
      if (most && now && *now >= *most)
        return fmt::format(
            "the control group {} (pids.max) allows {} processes and threads, and "
            "there are as many",
            group.name, *most);
    }
  if (limits.processes && processes_of_user(limits.root) >= *limits.processes)
    return fmt::format(
        "`ulimit -u` allows this user {} processes and threads, and there are as many",
        *limits.processes);
  return std::nullopt;
}

std::optional<std::int64_t> memory_held() {
  // The counters in /proc/self/status lag behind by some pages per CPU; this one is exact.
  for (const auto& [file, key] : {std::pair{"/proc/self/smaps_rollup", "Anonymous:"},
                                  std::pair{"/proc/self/status", "RssAnon:"}}) {
    std::ifstream stream(file);
    for (std::string line; std::getline(stream, line);) {
      if (!line.starts_with(key)) continue;
      const std::size_t unit = line.rfind(" kB");
      const std::size_t begin = std::string_view(key).size();
      if (unit == line.npos || unit < begin) break;
      if (const auto kilobytes = positive(std::string_view(line).substr(begin, unit - begin)))
        return *kilobytes * kibi;
    }
  }
  return std::nullopt;
}

}  // namespace assay::base
