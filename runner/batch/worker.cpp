#include "runner/batch/worker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "assay/error.h"
#include "runner/base/child_process.h"
#include "runner/base/own_process.h"
#include "runner/base/wording.h"
#include "runner/batch/progress.h"
#include "runner/config/argument.h"

namespace assay::batch {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto glance = 100ms;  // at the signal that asks to stop, and at the clock
constexpr auto grace = 10s;     // for a run that is asked to end, to save its state

// The exit codes of `assay run` (command_line/exit_code.h) that mean that training came to its end.
constexpr std::array<int, 2> trained = {0, 3};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

// Returns the last line that is not empty of what a run printed.
std::string last_line(const std::filesystem::path& path) {
  constexpr std::streamoff most = 4096;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return {};
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(0, size - most));
  std::string line, last;
  while (std::getline(file, line))
    if (!line.empty()) last = line;
  return base::one_line(last);
}

// The file for the progress of a run, while the run runs. Nothing depends on it, so errors do not
// matter.
class ProgressPlace {
 public:
  explicit ProgressPlace(std::filesystem::path path) : path_(std::move(path)) {
    const base::FileDescriptor made(
        ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666));
  }
  ProgressPlace(const ProgressPlace&) = delete;
  ProgressPlace& operator=(const ProgressPlace&) = delete;
  ~ProgressPlace() { ::unlink(path_.c_str()); }

 private:
  const std::filesystem::path path_;
};

// One process of a run, from its start to its end.
class Attempted {
 public:
  Attempted(const Batch& batch, const BatchRun& run, const WorkOptions& options)
      : batch_(batch),
        run_(run),
        options_(options),
        progress_(progress_of(batch, run)),
        process_(setup()) {}

  // Waits for its end. A signal is sent on to it once, and once more when it comes again.
  void wait(const std::atomic<int>& stop) {
    std::optional<Clock::time_point> asked;
    while (!process_.wait(glance)) {
      const bool is_late = options_.time && Clock::now() - start_ > *options_.time;
      if (!asked && (stop.load() != 0 || is_late)) {
        was_late_ = is_late && stop.load() == 0;
        process_.send(stop.load() != 0 ? stop.load() : SIGTERM);
        asked = Clock::now();
      }
      if (asked && Clock::now() - *asked > grace) process_.send(SIGKILL);
    }
  }

  // Returns how it ended. A run that was asked to stop has not failed.
  Attempt result(std::int64_t number, bool was_stopped) const {
    Attempt attempt{number, false, {}, host_name(), seconds_since(start_)};
    const auto code = process_.exit_code();
    const bool came_to_its_end = code && std::ranges::count(trained, *code) > 0;
    if (came_to_its_end || (was_stopped && !was_late_)) return attempt;
    attempt.failed = true;
    attempt.reason = reason(code);
    return attempt;
  }

 private:
  base::OwnProcess::Setup setup() const {
    std::vector<std::string> arguments;
    for (const std::string& folder : batch_.plugin_path) {
      arguments.emplace_back("--plugin-path");
      arguments.push_back(folder);
    }
    // The plan names its run folder, but the batch may have been moved.
    arguments.insert(arguments.end(),
                     {"run", plan_of(batch_, run_).string(),
                      config::text_argument("run_dir", folder_of(batch_, run_).string())});
    std::vector<std::string> environment = options_.environment;
    environment.push_back(progress_entry(progress_of(batch_, run_)));
    if (!run_.sets_threads) arguments.push_back(fmt::format("threads={}", options_.threads));
    return {.arguments = std::move(arguments),
            .output = log_of(batch_, run_).string(),
            .has_own_group = true,
            .environment = std::move(environment),
            .memory = options_.memory};
  }

  std::string reason(const std::optional<int>& code) const {
    if (was_late_) return fmt::format("it took more than {} s", options_.time->count());
    std::string how;
    if (const int signal = process_.ended_by(); signal != 0) {
      how = "killed by " + base::signal_name(signal);
    } else if (const auto record = status_of(batch_, run_).record;
               record && record->state == "failed" && !record->reason.empty()) {
      return record->reason;
    } else {
      how = fmt::format("ended with exit code {}", code.value_or(0));
    }
    const std::string last = last_line(log_of(batch_, run_));
    return last.empty() ? how : fmt::format("{}; its last words: {}", how, last);
  }

  const Batch& batch_;
  const BatchRun& run_;
  const WorkOptions& options_;
  const Clock::time_point start_ = Clock::now();
  const ProgressPlace progress_;
  base::OwnProcess process_;
  bool was_late_ = false;
};

// Returns the end of a run that is not begun, because it would not be the one with its key.
Attempt refusal(std::int64_t number, const std::vector<std::string>& changes) {
  return {number, true,
          fmt::format("it was not begun, since files have changed since the batch was frozen: {}; "
                      "a new batch takes them as they are now",
                      base::listed(changes)),
          host_name(), 0};
}

bool may_run(State state) { return state == State::waiting || state == State::interrupted; }

}  // namespace

void work(const Batch& batch, const WorkOptions& options, const std::atomic<int>& stop,
          const Ended& ended) {
  std::error_code error;
  std::filesystem::create_directory(batch.folder / "progress", error);
  for (const BatchRun& run : batch.runs) {
    if (stop.load() != 0) return;
    if (!run.done_in.empty() || !may_run(status_of(batch, run).state)) continue;
    const std::optional<Claim> claim = Claim::take(batch, run);
    if (!claim) continue;
    // Another worker may have ended it since. The claim is this worker's, so it is not running.
    const Status before = status_of(batch, run);
    const bool has_ended =
        before.state == State::finished || (before.attempt && before.attempt->failed);
    if (has_ended) continue;
    const std::int64_t number = before.attempt ? before.attempt->number + 1 : 1;
    if (const auto changes = changed_files(batch, run); !changes.empty()) {
      write_attempt(batch, run, refusal(number, changes));
    } else {
      Attempted attempted(batch, run, options);
      attempted.wait(stop);
      write_attempt(batch, run, attempted.result(number, stop.load() != 0));
    }
    Status after = status_of(batch, run);
    if (after.state == State::running) {
      after.state = after.attempt && after.attempt->failed ? State::failed : State::interrupted;
      if (after.attempt) after.reason = after.attempt->reason;
    }
    ended(run, after);
  }
}

}  // namespace assay::batch
