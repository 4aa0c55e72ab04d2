#include "runner/command_line/examination.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <optional>
#include <sstream>
#include <utility>
#include <variant>

#include "runner/base/child_process.h"
#include "runner/base/words.h"
#include "runner/command_line/wrapped_output.h"
#include "runner/conformance/configured.h"
#include "runner/conformance/trial.h"
#include "runner/conformance/trial_report.h"
#include "runner/plugin_host/cpu.h"
#include "runner/plugin_host/library_stamp.h"
#include "runner/plugin_host/permissions.h"

namespace assay::command_line {
namespace {

namespace fs = std::filesystem;
using conformance::Begun;
using conformance::StepOutcome;
using conformance::Verdict;

// Each crash is reported, but a plugin that crashes in every check need not do so a hundred times.
constexpr int most_deaths = 3;
constexpr std::size_t most_printed = 200;  // bytes
constexpr const char* nonsense =
    "it wrote nonsense to the report of this check (it writes to file descriptors that are not its "
    "own)";

const char* word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::passed: return "passed";
    case Verdict::failed: return "FAILED";
    case Verdict::not_run: return "not run";
  }
  return "";
}

// Returns the most informative line of a process's output: a sanitizer's finding, or the last line.
std::string telling_line(const std::string& text) {
  std::string found, last;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (found.empty() &&
        (line.starts_with("SUMMARY: ") || line.find(": runtime error: ") != line.npos))
      found = line;
    if (line.find_first_not_of(" \r\t") != line.npos) last = line;
  }
  return (found.empty() ? last : found).substr(0, most_printed);
}

// Tracks how far a process got, according to its report.
class Progress {
 public:
  explicit Progress(std::size_t first) : next_(first) { at.number = first; }

  /// Returns false for a message that is not possible now.
  bool take(const Begun& step) {
    if (awaits_outcome_ || step.number != next_) return false;
    ++next_;
    at = step;
    awaits_outcome_ = hopeful = true;
    may_end = step.name == conformance::last_step;
    return true;
  }
  bool take(const StepOutcome& outcome) {
    if (!awaits_outcome_ || may_end) return false;
    awaits_outcome_ = false;
    at.name = fmt::format("goes on after '{}'", at.name);
    may_end = at.number == 0 && outcome.verdict == Verdict::failed;  // it does not open
    return true;
  }

  Begun at{0, "library", "is prepared"};
  bool may_end = false;
  bool hopeful = false;  ///< another process would get further

 private:
  std::size_t next_;
  bool awaits_outcome_ = false;
};

class Examination {
 public:
  Examination(const Common& common, const Trial& trial, std::string file)
      : common_(common), trial_(trial), file_(std::move(file)) {}

  bool run() {
    std::error_code error;
    const fs::path path = fs::absolute(file_, error);
    if (look_from_outside(path)) {
      std::optional<std::size_t> next = 0;
      while (next) next = run_child(path, *next);
    }
    print_wrapped(fmt::format("{}: {} passed, {} failed, {} not run{}", base::shown_path(path),
                              grouped(passed_), grouped(failed_), grouped(not_run_),
                              failed_ == 0 ? fmt::format(" ({:.1f} s, {} MB at most)", seconds_,
                                                         grouped(kilobytes_ / 1024))
                                           : ""),
                  2);
    std::cout.flush();
    return failed_ == 0;
  }

 private:
  void tell(Verdict verdict, const std::string& subject, const std::string& name,
            const std::string& text, const std::string& cost = {}) {
    int& count = verdict == Verdict::passed   ? passed_
                 : verdict == Verdict::failed ? failed_
                                              : not_run_;
    ++count;
    if (verdict == Verdict::passed && !trial_.verbose) return;
    std::string shown = base::one_line(text);
    if (shown.empty() && verdict == Verdict::failed) shown = "without a word";
    print_wrapped(fmt::format("{:<7}  {}: {}{}{}{}", word_of(verdict), base::one_line(subject),
                              base::one_line(name), shown.empty() ? "" : ": ", shown,
                              cost.empty() ? "" : "  " + cost),
                  9);
    std::cout.flush();
  }

  // Checks the file without running any of its code.
  bool look_from_outside(const fs::path& path) {
    constexpr const char* library = "library";
    plugin_host::Stamp stamp;
    try {
      stamp = plugin_host::read_stamp(path);
      tell(Verdict::passed, library, "is a plugin",
           fmt::format("{} {}", stamp.plugin, stamp.version));
    } catch (const std::exception& error) {
      tell(Verdict::failed, library, "is a plugin", error.what());
      return false;
    }
    const auto lines =
        plugin_host::refusals(stamp, plugin_host::host_stamp(), plugin_host::cpu_instruction_set());
    tell(lines.empty() ? Verdict::passed : Verdict::failed, library, "was built for this assay",
         fmt::format("{}", fmt::join(lines, "; ")));
    const std::string unsafe = plugin_host::unsafe_permissions(path);
    tell(unsafe.empty() ? Verdict::passed : Verdict::failed, library,
         "can be changed by its owner only", unsafe);
    return lines.empty() && unsafe.empty();
  }

  std::vector<std::string> child_arguments(const fs::path& path, std::size_t first) const {
    std::vector<std::string> list;
    for (const std::string& folder : common_.plugin_path)
      list.insert(list.end(), {"--plugin-path", folder});
    if (common_.instructions)
      list.insert(list.end(), {"--kernels", std::string(name_of(*common_.instructions))});
    list.insert(list.end(), {"plugins", "check", path.string(), "--child", std::to_string(first),
                             "--memory", std::to_string(trial_.memory)});
    for (const std::string& setting : trial_.settings) list.insert(list.end(), {"--set", setting});
    for (const std::string& subject : unmade_) list.insert(list.end(), {"--unmade", subject});
    return list;
  }

  // Runs the steps in a child process. Returns the step to continue with if the child ended early.
  std::optional<std::size_t> run_child(const fs::path& path, std::size_t first) {
    const std::chrono::duration<double> patience(trial_.timeout);
    base::ChildProcess child(child_arguments(path, first));
    Progress progress(first);
    std::string end = listen(child, progress);
    if (end.empty()) {
      end = child.end(patience);
      if (end.empty() && !progress.may_end) end = "called exit(0)";
      if (child.exit_code() == conformance::exit_without_report)
        end =
            "it closed the report of this check (it closes file descriptors that are not its own)";
    }
    const auto& [number, subject, name] = progress.at;
    if (end.empty()) {
      if (name == conformance::last_step) tell(Verdict::passed, subject, name, {});
      return std::nullopt;
    }
    if (const std::string printed = telling_line(child.output()); !printed.empty())
      end += fmt::format("; it printed: {}", printed);
    tell(Verdict::failed, subject, name, end);
    if (name == conformance::making_step) unmade_.push_back(subject);
    if (number == 0 || progress.may_end || !progress.hopeful) return std::nullopt;
    if (++deaths_ == most_deaths) {
      tell(Verdict::not_run, "library", "all further checks",
           fmt::format("it ended its process {} times", most_deaths));
      return std::nullopt;
    }
    return number + 1;
  }

  // Reads the report until no more lines come; returns what is wrong with a line.
  std::string listen(base::ChildProcess& child, Progress& progress) {
    const std::chrono::duration<double> patience(trial_.timeout);
    conformance::ReportReader report;
    bool first = true;
    while (const auto line = child.next_line(patience)) {
      if (std::exchange(first, false)) {
        if (report.begins(*line)) continue;
        return nonsense;
      }
      const auto message = report.read(*line);
      if (!message) return nonsense;
      if (const auto* problems = std::get_if<config::Diagnostics>(&*message))
        throw conformance::WrongSettings(*problems);
      const Begun before = progress.at;
      const auto* outcome = std::get_if<StepOutcome>(&*message);
      if (!(outcome != nullptr ? progress.take(*outcome)
                               : progress.take(std::get<Begun>(*message))))
        return nonsense;
      if (outcome != nullptr) account(before, *outcome);
    }
    return {};
  }

  void account(const Begun& step, const StepOutcome& outcome) {
    seconds_ += outcome.seconds;
    kilobytes_ = std::max(kilobytes_, outcome.kilobytes);
    tell(outcome.verdict, step.subject, step.name, outcome.text,
         trial_.verbose ? fmt::format("({:.0f} ms, {:.1f} MB)", 1e3 * outcome.seconds,
                                      static_cast<double>(outcome.kilobytes) / 1024)
                        : "");
  }

  const Common& common_;
  const Trial& trial_;
  std::string file_;
  int passed_ = 0, failed_ = 0, not_run_ = 0, deaths_ = 0;
  std::vector<std::string> unmade_;  // components whose construction ended a process
  double seconds_ = 0;
  std::int64_t kilobytes_ = 0;
};

}  // namespace

bool examine(const Common& common, const Trial& trial, const std::string& file) {
  return Examination(common, trial, file).run();
}

}  // namespace assay::command_line
