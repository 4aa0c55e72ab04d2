#include "runner/conformance/worker_probe.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>
#include <utility>

#include "runner/base/own_process.h"
#include "runner/conformance/check.h"

namespace assay::conformance {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto pause = 5ms;
constexpr auto silence = 300ms;  // after which a worker is taken for ended
constexpr auto grace = 2s;       // for processes, to be gone

// A worker beats as long as it runs. It ends by itself if its folder is removed, or after a while.
constexpr std::string_view script = R"(
[ -n "$PROBES" ] || exit 1
group=$1
how=$2
shift 2
[ "$how" = asked ] && trap ': > "$own/asked"; : > "$own/done"; exit 0' TERM
[ "$how" = never ] && trap '' TERM
own=$(mktemp -d "$PROBES/$group-XXXXXX") || exit 1
[ $# = 0 ] || printf '%s\0' "$@" > "$own/arguments"
printf '%s' "$PROBE_VARIABLE" > "$own/variable"
printf '%s' "$HOME" > "$own/home"
printf '%s' "$ASSAY_PARENT" > "$own/parent_variable"
printf '%s' "$PPID" > "$own/parent"
pwd > "$own/working_folder"
[ -z "$PROBE_PRINTS" ] || echo "$PROBE_PRINTS"
: > "$own/begun"
beats=0
while [ $beats -lt 6000 ] && [ ! -e "$own/end" ] && [ ! -e "$PROBES/end" ]; do
  echo >> "$own/beats" || exit 1
  beats=$((beats + 1))
  sleep 0.02
done
: > "$own/done"
)";

// Returns what can be read. Files of a process that ends meanwhile cannot, and iterators over a
// stream would throw then.
std::string content(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void make(const fs::path& path, std::string_view text = {}) {
  std::ofstream(path, std::ios::binary) << text;
}

// Calls the function with the number of each process of this machine.
template <class Function>
void for_each_process(Function&& function) {
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    int number = 0;
    const auto [stop, wrong] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (wrong == std::errc() && stop == name.data() + name.size()) function(number);
  }
}

// Returns the state and the parent in /proc/PID/stat; 0 if there is no such process.
std::pair<char, int> state_of(int process) {
  const std::string stat = content(fmt::format("/proc/{}/stat", process));
  const std::size_t end = stat.rfind(')');
  if (end == std::string::npos || end + 4 >= stat.size()) return {};
  return {stat[end + 2], std::atoi(stat.c_str() + end + 4)};
}

}  // namespace

std::string Probe::text(const char* name) const {
  std::string text = content(folder_ / name);
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

bool Probe::has(const char* name) const {
  std::error_code error;
  return fs::exists(folder_ / name, error);
}

std::vector<std::string> Probe::arguments() const {
  const std::string all = content(folder_ / "arguments");
  std::vector<std::string> list;
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = std::min(all.find('\0', begin), all.size());
    list.push_back(all.substr(begin, end - begin));
    begin = end + 1;
  }
  return list;
}

void Probe::end() const { make(folder_ / "end"); }

bool Probe::runs() const {
  std::error_code error;
  const auto before = fs::file_size(folder_ / "beats", error);
  const auto until = Clock::now() + silence;
  while (Clock::now() < until) {
    if (has("done")) return false;
    if (fs::file_size(folder_ / "beats", error) != before) return true;
    std::this_thread::sleep_for(pause);
  }
  return false;
}

ProbeFolder::ProbeFolder() {
  std::string name = (fs::temp_directory_path() / "assay-workers-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw NotRun("there is no folder to try it in");
  folder_ = name;
  fs::create_directory(logs());
  fs::create_directory(working_folder());
  make(folder_ / "worker.sh", script);
}

ProbeFolder::~ProbeFolder() {
  std::error_code ignored;
  end_all();
  const auto until = Clock::now() + grace;
  while (!processes().empty() && Clock::now() < until) {
    std::this_thread::sleep_for(10 * pause);
    for (const int process : processes()) ::kill(process, SIGKILL);
  }
  fs::remove_all(folder_, ignored);
}

std::span<const std::string_view> ProbeFolder::odd_arguments() {
  static constexpr std::array<std::string_view, 6> arguments = {
      "two words", "", "'single' \"double\" \\ $HOME `echo` *", "-n", "Größe 数", "a\nb"};
  return arguments;
}

std::string_view ProbeFolder::odd_value() { return "it's $HOME, \"quoted\"; a=b \\ 数"; }

Work ProbeFolder::work(const std::string& group, std::int64_t count, bool ends_with_parent, At at) {
  script_ = (folder_ / "worker.sh").string();
  group_ = group;
  name_ = "assay-check-" + folder_.filename().string() + "-" + group;
  how_ = at == At::never_end ? "never" : "asked";
  variable_ = fmt::format("PROBE_VARIABLE={}", odd_value());
  token_ = fmt::format("PROBES={}", folder_.string());
  prints_ = ends_with_parent ? "PROBE_PRINTS=" : "PROBE_PRINTS=" + printed(group);
  home_ = fmt::format("HOME={}", home());
  parent_ = ends_with_parent ? base::parent_entry() : std::string();
  working_ = working_folder().string();
  logs_ = logs().string();
  arguments_ = {"/bin/sh", script_, group_, how_};
  arguments_.insert(arguments_.end(), odd_arguments().begin(), odd_arguments().end());
  environment_ = {variable_, token_, prints_, home_};
  return {.name = name_,
          .count = count,
          .arguments = arguments_,
          .environment = environment_,
          .ends_with_parent = parent_,
          .folder = working_,
          .logs = logs_,
          .each = {.cores = 1}};
}

std::vector<Probe> ProbeFolder::begun(const std::string& group) const {
  std::vector<Probe> probes;
  std::error_code error;
  for (fs::directory_iterator entry(folder_, error), end; !error && entry != end;
       entry.increment(error))
    if (entry->path().filename().string().starts_with(group + "-") &&
        fs::exists(entry->path() / "begun"))
      probes.emplace_back(entry->path());
  return probes;
}

std::vector<int> ProbeFolder::processes() const {
  const std::string token = folder_.string();
  std::vector<int> list;
  for_each_process([&](int process) {
    const auto has_token = [&](const char* file) {
      return content(fmt::format("/proc/{}/{}", process, file)).find(token) != std::string::npos;
    };
    if (process != ::getpid() && (has_token("environ") || has_token("cmdline")) &&
        state_of(process).first != 'Z')
      list.push_back(process);
  });
  return list;
}

void ProbeFolder::end_all() const { make(folder_ / "end"); }

std::size_t unreaped_children() {
  std::size_t count = 0;
  for_each_process([&](int process) {
    const auto [state, parent] = state_of(process);
    if (state == 'Z' && parent == ::getpid()) ++count;
  });
  return count;
}

}  // namespace assay::conformance
